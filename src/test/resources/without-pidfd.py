"""Runs a command in which pidfd_open(2) fails with ENOSYS, as on an old kernel: a seccomp filter (seccomp(2))."""
import ctypes
import os
import struct
import sys

PIDFD_OPEN = 434
ERRNO_ENOSYS = 0x00050000 | 38
ALLOW = 0x7FFF0000
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06

program = b"".join(struct.pack("HBBI", *step) for step in [
    (LOAD, 0, 0, 0),  # the number of the call
    (JUMP_EQUAL, 0, 1, PIDFD_OPEN),
    (RETURN, 0, 0, ERRNO_ENOSYS),
    (RETURN, 0, 0, ALLOW),
])
buffer = ctypes.create_string_buffer(program)
filters = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, filters, 0, 0):  # PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP
    raise OSError(ctypes.get_errno(), "prctl")
os.execvp(sys.argv[1], sys.argv[1:])

package io.visor.os;

import io.visor.model.Signal;

/// Signals to processes.
public final class ProcessSignals {

    private ProcessSignals() {}

    /// Sends a signal to every process of a group.
    ///
    /// @param leader the pid of the process that leads the group, above 1
    /// @return whether the group has a process
    /// @throws OsException if none of its processes may be signalled
    public static boolean sendToGroup(long leader, Signal signal) {
        if (leader <= 1) {
            throw new IllegalArgumentException("no process group: " + leader);
        }
        return send0(-leader, signal);
    }

    /// Whether a group has a process, an ended one that is not reaped included.
    ///
    /// @param leader the pid of the process that leads the group, above 1
    public static boolean hasGroup(long leader) {
        Linux.Result result = Linux.kill(-leader, 0);
        return !result.failed() || result.errno() != Errno.ESRCH;
    }

    /// Sends a signal to one process.
    ///
    /// @param pid above 1
    /// @return whether there is such a process
    /// @throws OsException if it may not be signalled
    public static boolean send(long pid, Signal signal) {
        if (pid <= 1) {
            throw new IllegalArgumentException("no process: " + pid);
        }
        return send0(pid, signal);
    }

    private static boolean send0(long target, Signal signal) {
        Linux.Result result = Linux.kill(target, signal.number());
        if (result.value() == 0) {
            return true;
        }
        if (result.errno() == Errno.ESRCH) {
            return false;
        }
        throw new OsException("kill(" + target + ", " + signal + ")", result.errno());
    }
}

"""How fast a child writes to its log under `visor start`, beside the same child redirected straight to a file."""

import os
import subprocess
import sys
import time

from bench import VISOR, Work, compile_c, descendant, machine, ratio, row, wait

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
CASES = [("64 KB writes", 65536, 2000), ("100-byte writes", 100, 200)]
KEEP = "{max-size: 1GiB, keep: 1}"


def rate(path):
    """MB/s of a child, from the bytes and the nanoseconds that it has noted."""
    with open(path) as f:
        done, took = map(int, f.read().split())
    return done / took * 1000


def warm(work, child, megabytes):
    """Lets the page cache have its memory: in a virtual machine, what was free for seconds comes from the host."""
    redirect(work, child, 65536, megabytes + 200)


def redirect(work, child, size, megabytes):
    """The child, redirected to a file by a shell."""
    took, log = os.path.join(work, "took"), os.path.join(work, "direct.log")
    subprocess.run(["sh", "-c", f"exec {child} {megabytes} {size} {took} >> {log}"], check=True)
    os.unlink(log)
    return rate(took)


def direct(work, child, size, megabytes):
    warm(work, child, megabytes)
    return redirect(work, child, size, megabytes)


def peak(pid):
    """The most memory in MB that a process has had."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) / 1000 for line in f if line.startswith("VmHWM:"))


def logged(work, child, size, megabytes, number):
    """The child as a service of visor: MB/s until it has written, and the memory in MB that this took."""
    home = os.path.join(work, f"home-{size}-{number}", ".lavavisor")
    took, go = os.path.join(home, "took"), os.path.join(home, "go")
    os.makedirs(home)
    # The child begins when visor has come to rest.
    command = f"while ! [ -e {go} ]; do sleep 0.01; done; exec {child} {megabytes} {size} {took}"
    with open(os.path.join(home, "config.yml"), "w") as f:
        f.write(f"services:\n  - name: out\n    command: sh -c '{command}'\n    restart: {{mode: no}}\n"
                f"    log: {KEEP}\n")
    visor = subprocess.Popen(
        [VISOR, "start", "--directory", os.path.dirname(home), "--node", "tcp://127.0.0.1:1"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        for line in visor.stderr:
            if "out runs as pid" in line:
                break
        time.sleep(2)
        java = descendant(visor.pid, "java")
        before = peak(java)
        log = os.path.join(home, "services", "logs", "out.log")
        warm(work, child, megabytes)
        open(go, "w").close()
        wait(lambda: os.path.exists(took) and os.path.getsize(took) > 0, "the child", 120)
        total = megabytes * 1_000_000
        wait(lambda: sum(os.path.getsize(p) for p in (log, log + ".1") if os.path.exists(p)) >= total, "the log", 120)
        return rate(took), peak(java) - before
    finally:
        visor.terminate()
        visor.wait()
        subprocess.run(["rm", "-rf", os.path.join(home, "services")], check=True)


print(machine())
with Work() as work:
    child = compile_c("output.c", os.path.join(work, "child", "output"))
    for name, size, megabytes in CASES:
        pairs = [(direct(work, child, size, megabytes), logged(work, child, size, megabytes, n)) for n in range(RUNS)]
        theirs = row(f"{name}: redirected to a file", [p[0] for p in pairs], "MB/s")
        ours = row(f"{name}: visor start, to its log", [p[1][0] for p in pairs], "MB/s")
        row(f"{name}: memory that this took", [p[1][1] for p in pairs], "MB")
        ratio(name, ours, theirs)

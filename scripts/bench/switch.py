"""The first upgrade of a fresh visor, its release already staged: from the block to the end of the old process, and from
there to the start of the new one; beside a C program that does nothing else, and cosmovisor where it is installed."""

import datetime
import json
import os
import subprocess
import sys
import time
import urllib.request

from bench import COSMOVISOR, VISOR, Devnet, Trace, Work, compile_c, compile_child, machine, ratio, row, wait

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 15
OLD, NEW = "1.0.0", "1.1.0"


def block_time(devnet, height):
    """The time in a block's header, in nanoseconds."""
    url = devnet.addresses["rpc"].replace("tcp:", "http:") + f"/block?height={height}"
    with urllib.request.urlopen(url) as answer:
        text = json.load(answer)["result"]["block"]["header"]["time"]
    seconds, _, fraction = text.rstrip("Z").partition(".")
    whole = datetime.datetime.fromisoformat(seconds + "+00:00").timestamp()
    return int(whole) * 1_000_000_000 + int((fraction or "0").ljust(9, "0"))


def visor(work, number):
    """Milliseconds from the block to the old process's end, and from there to the new process."""
    home = os.path.join(work, f"home-{number}", ".lavavisor")
    for version in (OLD, NEW):
        compile_child(os.path.join(home, "upgrades", f"v{version}"), version)
    # A chain that wants the new version has it verified, so that the fresh visor finds it staged.
    for version in (NEW, OLD):
        wanting = Devnet(os.path.join(work, f"net-{number}-{version}"), "--versions", version)
        subprocess.run(
            [VISOR, "init", "--directory", os.path.dirname(home), "--node", wanting.addresses["rpc"],
             "--link-dir", os.path.join(work, f"bin-{number}"), "--chain-id", "lava"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanting.close()
    link = os.path.join(home, "instances", "bench", "bin")
    os.makedirs(link)
    os.symlink(f"../../../upgrades/v{OLD}/lavap", os.path.join(link, "lavap"))
    trace = Trace(os.path.join(work, f"trace-{number}"))
    devnet = Devnet(os.path.join(work, f"net-{number}"), "--versions", f"{OLD},{NEW}")
    process = subprocess.Popen(
        [VISOR, "wrap", "--cmd", "lavap run", "--directory", os.path.dirname(home), "--instance", "bench",
         "--node", devnet.addresses["rpc"], "--chain-id", "lava"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "BENCH_TRACE": trace.path})
    try:
        wait(lambda: trace.find("start", OLD), "the first version")
        time.sleep(2)
        height = devnet.propose(NEW)
        time.sleep(1.5)
        wait(lambda: trace.find("start", NEW), "the new version")
        return (trace.find("stop", OLD)[3] - block_time(devnet, height)) / 1e6, trace.gap(OLD, NEW)
    finally:
        process.terminate()
        process.wait()
        devnet.close()


def floor(work, number):
    trace = Trace(os.path.join(work, f"floor-{number}"))
    binaries = [compile_child(os.path.join(work, f"floor-v{v}"), v) for v in (OLD, NEW)]
    program = compile_c("floor.c", os.path.join(work, "floor-bin", "floor"))
    subprocess.run([program, *binaries, os.path.join(work, "floor-link")],
                   check=True, env={**os.environ, "BENCH_TRACE": trace.path})
    return trace.gap(OLD, NEW)


def cosmovisor(work, number):
    home = os.path.join(work, f"cosmovisor-{number}")
    compile_child(os.path.join(home, "cosmovisor", "genesis", "bin"), OLD)
    compile_child(os.path.join(home, "cosmovisor", "upgrades", "new", "bin"), NEW)
    os.makedirs(os.path.join(home, "data"))
    trace = Trace(os.path.join(work, f"cosmovisor-trace-{number}"))
    process = subprocess.Popen(
        [COSMOVISOR, "run", "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "BENCH_TRACE": trace.path, "DAEMON_HOME": home, "DAEMON_NAME": "lavap",
             "UNSAFE_SKIP_BACKUP": "true", "DAEMON_SHUTDOWN_GRACE": "10s"})
    try:
        wait(lambda: trace.find("start", OLD), "cosmovisor's first version")
        time.sleep(1)
        asked = time.time_ns()
        plan = os.path.join(home, "data", "upgrade-info.json")
        with open(plan + ".tmp", "w") as f:
            f.write('{"name":"new","time":"0001-01-01T00:00:00Z","height":49}')
        os.rename(plan + ".tmp", plan)
        wait(lambda: trace.find("start", NEW), "cosmovisor's new version")
        return (trace.find("stop", OLD)[3] - asked) / 1e6, trace.gap(OLD, NEW)
    finally:
        process.terminate()
        process.wait()


def main():
    print(machine())
    with Work() as work:
        rows = [visor(work, n) for n in range(RUNS)]
        floors = [floor(work, n) for n in range(RUNS)]
        row("visor: block -> old process asked to stop", [r[0] for r in rows])
        ours = row("visor: old process gone -> new one runs", [r[1] for r in rows])
        ratio("visor / C program", ours, row("C program: old gone -> new runs", floors))
        if COSMOVISOR:
            theirs = [cosmovisor(work, n) for n in range(RUNS)]
            row("cosmovisor: plan file -> asked to stop", [r[0] for r in theirs])
            ratio("visor / cosmovisor", ours, row("cosmovisor: old gone -> new runs", [r[1] for r in theirs]))


main()

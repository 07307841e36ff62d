"""The first upgrade of a fresh visor: block -> old process asked to stop, and old process gone -> new process running."""

import os
import re
import subprocess
import sys

from bench import VISOR, Devnet, Trace, Work, compile_child, machine, row, wait

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 15


def one(work, number):
    """Milliseconds from the block to the signal, and from the signal to the new process."""
    devnet = Devnet(os.path.join(work, f"net-{number}"), "--block-time", "1s")
    home = os.path.join(work, f"home-{number}")
    upgrades = os.path.join(home, ".lavavisor", "upgrades")
    for version in ("1.0.0", "1.1.0"):
        compile_child(os.path.join(upgrades, f"v{version}"), version)
    link = os.path.join(home, ".lavavisor", "instances", "bench", "bin")
    os.makedirs(link)
    os.symlink("../../../upgrades/v1.0.0/lavap", os.path.join(link, "lavap"))
    trace = Trace(os.path.join(work, f"trace-{number}"))
    log = open(os.path.join(work, f"log-{number}"), "w+")
    visor = subprocess.Popen(
        [VISOR, "wrap", "--cmd", "lavap run", "--directory", home, "--node", devnet.addresses["rpc"], "--chain-id", "lava",
         "--instance", "bench"],
        stdout=log, stderr=log, env={**os.environ, "BENCH_TRACE": trace.path})
    try:
        wait(lambda: trace.find("start", "1.0.0"), "the first version")
        # The health window of the first version is not waited for: it was active before.
        devnet.propose("1.1.0")
        new = wait(lambda: trace.find("start", "1.1.0"), "the new version", 90)
        old = trace.find("stop", "1.0.0")
        import time; time.sleep(0.3)
        log.flush()
        log.seek(0)
        ts=[l.split()[1:] for l in log if l.startswith("TIMES")][-1]
        print("stop->", " ".join(f"{(int(t)-old[4])/1e6:.2f}" for t in ts[:11]), "start", (new[4]-old[4])/1e6)
        log.seek(0)
        seen = re.search(r"seen ([0-9.]+)(ms|s) after the block", log.read())
        detected = float(seen.group(1)) * (1000 if seen.group(2) == "s" else 1)
        return detected, (new[4] - old[4]) / 1e6
    finally:
        visor.terminate()
        visor.wait()
        devnet.close()


def main():
    print(machine())
    detections, gaps = [], []
    with Work() as work:
        for number in range(RUNS):
            detected, gap = one(work, number)
            detections.append(detected)
            gaps.append(gap)
    row("block -> target seen", detections)
    row("old process gone -> new process running", gaps)


main()

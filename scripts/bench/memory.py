"""What an idle `visor wrap` with one child keeps in memory, over each transport, beside cosmovisor where it is installed."""

import os
import subprocess
import sys
import time

from bench import COSMOVISOR, VISOR, Devnet, Work, compile_child, descendant, machine, memory, row, wait

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
SETTLE = 10


def wrap(work, transport, number):
    devnet = Devnet(os.path.join(work, f"{transport}-{number}"))
    home = os.path.join(work, f"home-{transport}-{number}")
    compile_child(os.path.join(home, ".lavavisor", "upgrades", "v1.0.0"), "1.0.0")
    log_path = os.path.join(work, "log")
    with open(log_path, "w") as log:
        visor = subprocess.Popen(
            [VISOR, "wrap", "--cmd", "lavap run", "--directory", home, "--node", devnet.addresses[transport],
             "--chain-id", "lava"], stdout=log, stderr=log)
    try:
        wait(lambda: "runs as pid" in open(log_path).read(), "the child")
        time.sleep(SETTLE)
        return memory(descendant(visor.pid, "java"))
    finally:
        visor.terminate()
        visor.wait()
        devnet.close()


def cosmovisor(work):
    home = os.path.join(work, "cosmovisor-home")
    compile_child(os.path.join(home, "cosmovisor", "genesis", "bin"), "1.0.0")
    process = subprocess.Popen(
        [COSMOVISOR, "run", "run"],
        env={**os.environ, "DAEMON_HOME": home, "DAEMON_NAME": "lavap", "UNSAFE_SKIP_BACKUP": "true"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(SETTLE)
    try:
        return memory(process.pid)
    finally:
        process.terminate()
        process.wait()


print(machine())
with Work() as work:
    for transport in ("rpc", "rest", "grpc"):
        rows = [wrap(work, transport, n) for n in range(RUNS)]
        row(f"visor wrap, {transport}: resident", [r[0] for r in rows], "MB")
        row(f"visor wrap, {transport}: private dirty", [r[1] for r in rows], "MB")
    if COSMOVISOR:
        resident, dirty = cosmovisor(work)
        row("cosmovisor run: resident", [resident], "MB")
        row("cosmovisor run: private dirty", [dirty], "MB")

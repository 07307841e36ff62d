"""How long `visor version` takes, beside cosmovisor where it is installed (COSMOVISOR or PATH)."""

import subprocess
import sys
import time

from bench import COSMOVISOR, VISOR, machine, ratio, row

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 20


def times(command):
    values = []
    for _ in range(RUNS + 1):
        begin = time.monotonic()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        values.append((time.monotonic() - begin) * 1000)
    return values[1:]


print(machine())
ours = row("visor version", times([VISOR, "version"]))
row("visor config show", times([VISOR, "config", "show", "--directory", "/nonexistent"]))
if COSMOVISOR:
    ratio("visor / cosmovisor", ours, row("cosmovisor help", times([COSMOVISOR, "help"])))

"""What the benchmarks share: builds of the child, devnets, visors, traces, medians."""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
VISOR = os.path.join(ROOT, "target", "visor", "bin", "visor")


def machine():
    """One line that says what this was measured on."""
    with open("/proc/cpuinfo") as f:
        model = next((l.split(":")[1].strip() for l in f if l.startswith("model name")), "?")
    with open("/proc/meminfo") as f:
        memory = int(f.readline().split()[1]) // 1000000
    return f"{os.cpu_count()} x {model}, {memory} GB, Linux {os.uname().release}"


def compile_child(folder, version):
    """The child, as the binary of a version."""
    binary = os.path.join(folder, "lavap")
    os.makedirs(folder, mode=0o755, exist_ok=True)
    source = os.path.join(os.path.dirname(__file__), "child.c")
    subprocess.run(["gcc", "-O2", f'-DVERSION="{version}"', "-o", binary, source], check=True)
    return binary


def wait(condition, what, limit=30):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.005)
    raise SystemExit(f"waited {limit}s in vain for {what}")


class Trace:
    """What children have noted."""

    def __init__(self, path):
        self.path = path

    def lines(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path) as f:
            rows = [l.split() for l in f if l.endswith("\n")]
        return [(r[0], r[1], int(r[2]), int(r[3]), int(r[4])) for r in rows]

    def find(self, event, version):
        return next((l for l in self.lines() if l[0] == event and l[1] == version), None)


class Devnet:
    def __init__(self, work, *options):
        self.directory = os.path.join(work, "devnet")
        self.process = subprocess.Popen(
            [VISOR, "devnet", "--directory", self.directory, *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path = os.path.join(self.directory, "devnet.json")
        wait(lambda: os.path.exists(path), "the devnet")
        with open(path) as f:
            self.addresses = json.load(f)

    def propose(self, target):
        subprocess.run(
            [VISOR, "devnet", "propose", "--directory", self.directory, "--target", target],
            check=True, stdout=subprocess.DEVNULL)

    def close(self):
        self.process.terminate()
        self.process.wait()


class Work:
    """A temporary folder that is deleted in the end."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="visor-bench-")
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def row(name, values, unit="ms"):
    values = sorted(values)
    print(f"{name:<44} median {statistics.median(values):8.2f} {unit}   "
          f"min {values[0]:.2f}   max {values[-1]:.2f}   n {len(values)}")
    return statistics.median(values)

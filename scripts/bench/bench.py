"""What the benchmarks share: builds of the child, devnets, visors, traces, medians."""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
VISOR = os.path.join(ROOT, "target", "visor", "bin", "visor")
COSMOVISOR = os.environ.get("COSMOVISOR") or shutil.which("cosmovisor")


def machine():
    """One line that says what this was measured on."""
    with open("/proc/cpuinfo") as f:
        model = next((l.split(":")[1].strip() for l in f if l.startswith("model name")), "?")
    with open("/proc/meminfo") as f:
        memory = round(int(f.readline().split()[1]) / 1e6)
    return f"{os.cpu_count()} x {model}, {memory} GB, Linux {os.uname().release}"


def compile_c(source, binary, *options):
    os.makedirs(os.path.dirname(binary), mode=0o755, exist_ok=True)
    subprocess.run(["gcc", "-O2", *options, "-o", binary, os.path.join(HERE, source)], check=True)
    return binary


def compile_child(folder, version):
    """The child, as the binary of a version."""
    return compile_c("child.c", os.path.join(folder, "lavap"), f'-DVERSION="{version}"')


def wait(condition, what, limit=30):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
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

    def gap(self, old, new):
        """Milliseconds from the end of one version's process to the start of another's."""
        return (self.find("start", new)[4] - self.find("stop", old)[4]) / 1e6


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
        """Asks for a version from the next block on; the block's height."""
        answer = subprocess.run(
            [VISOR, "devnet", "propose", "--directory", self.directory, "--target", target, "-o", "json"],
            check=True, stdout=subprocess.PIPE)
        return json.loads(answer.stdout)["height"]

    def releases(self):
        base = self.addresses["releases"] + "/v{version}/"
        return ["--release-url", base + "lavap-v{version}-{os}-{arch}", "--checksum-url", base + "sha256sum.txt"]

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


def descendant(pid, name):
    """The process below (or at) a pid whose program has a name: the launcher of visor is replaced by its JVM."""
    with open(f"/proc/{pid}/comm") as f:
        if f.read().strip() == name:
            return pid
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as f:
            for child in f.read().split():
                found = descendant(int(child), name)
                if found:
                    return found
    return None


def memory(pid):
    """Resident and private dirty memory in MB."""
    values = {}
    with open(f"/proc/{pid}/smaps_rollup") as f:
        for line in f:
            words = line.split()
            if words[0] in ("Rss:", "Private_Dirty:"):
                values[words[0]] = int(words[1]) / 1000
    return values["Rss:"], values["Private_Dirty:"]


def row(name, values, unit="ms"):
    values = sorted(values)
    middle = statistics.median(values)
    print(f"{name:<46} median {middle:9.2f} {unit:<4}  min {values[0]:.2f}   max {values[-1]:.2f}   n {len(values)}",
          flush=True)
    return middle


def ratio(name, ours, theirs):
    print(f"{name:<46} ratio  {ours / theirs:9.2f}", flush=True)

"""Supervision: from the SIGKILL of a child to its new process, memory, and a thousand services; beside supervisord, runit
and s6 where they are installed, and a C program that only waits and spawns."""

import os
import shutil
import signal
import subprocess
import sys
import time

from bench import VISOR, Trace, Work, compile_c, compile_child, descendant, machine, memory, ratio, row, wait

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 30
MANY = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
IDLE = 20


class Supervised:
    """A supervisor with one child that notes its starts."""

    def __init__(self, work, name, command, environment=None, program=None):
        self.name = name
        self.trace = Trace(os.path.join(work, f"trace-{name}"))
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "BENCH_TRACE": self.trace.path, **(environment or {})})
        wait(lambda: self.trace.lines(), f"the child of {name}")
        self.pid = descendant(self.process.pid, program) if program else self.process.pid

    def kill_once(self, pause):
        starts = self.trace.lines()
        time.sleep(pause)
        pid = starts[-1][2]
        asked = time.monotonic_ns()
        os.kill(pid, signal.SIGKILL)
        wait(lambda: len(self.trace.lines()) > len(starts), f"the next child of {self.name}")
        return (self.trace.lines()[-1][4] - asked) / 1e6

    def close(self):
        child = self.trace.lines()[-1][2]
        self.process.terminate()
        self.process.wait()
        try:
            os.kill(child, signal.SIGKILL)  # Not every supervisor takes its child along.
        except ProcessLookupError:
            pass


def visor_home(work, name, services):
    home = os.path.join(work, name)
    os.makedirs(os.path.join(home, ".lavavisor"))
    with open(os.path.join(home, ".lavavisor", "config.yml"), "w") as f:
        f.write("services:\n" + "".join(services))
    return home


def visor_command(home):
    return [VISOR, "start", "--directory", home, "--node", "tcp://127.0.0.1:1"]


def start_visor(work, child):
    home = visor_home(work, "home", [f"  - {{name: a, command: {child} run, restart: {{delay: 0, max-delay: 0}}}}\n"])
    return Supervised(work, "visor", visor_command(home), program="java")


def supervisord_conf(work, programs):
    conf = os.path.join(work, "supervisord.conf")
    with open(conf, "w") as f:
        f.write(f"[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile={work}/supervisord.pid\n"
                "minfds=8192\n")
        f.write("".join(programs))
    return ["supervisord", "-n", "-c", conf]


def start_supervisord(work, child):
    return Supervised(work, "supervisord", supervisord_conf(
        work, [f"[program:a]\ncommand={child} run\nautorestart=true\nstartsecs=0\nstdout_logfile=/dev/null\n"]))


def start_runit(work, child):
    service = os.path.join(work, "runit")
    os.makedirs(service)
    run = os.path.join(service, "run")
    with open(run, "w") as f:
        f.write(f"#!/bin/sh\nexec {child} run\n")
    os.chmod(run, 0o755)
    return Supervised(work, "runit", ["runsv", service])


def start_s6(work, child):
    service = os.path.join(work, "s6")
    os.makedirs(service)
    run = os.path.join(service, "run")
    with open(run, "w") as f:
        f.write(f"#!/bin/sh\nexec {child} run\n")
    os.chmod(run, 0o755)
    return Supervised(work, "s6", ["s6-supervise", service])


def restarts(work):
    child = compile_child(os.path.join(work, "bin"), "1")
    floor = compile_c("respawn.c", os.path.join(work, "respawn"))
    subjects = [start_visor(work, child), Supervised(work, "C program", [floor, child, "run"])]
    for command, start in (("runsv", start_runit), ("s6-supervise", start_s6), ("supervisord", start_supervisord)):
        if shutil.which(command):
            subjects.append(start(work, child))
    time.sleep(3)
    medians = {}
    for subject in subjects:
        # runit and s6 wait until a second after the last start.
        runs = [subject.kill_once(0.3 if subject.name in ("visor", "C program") else 1.5)
                for _ in range(KILLS if subject.name in ("visor", "C program") else max(5, KILLS // 5))]
        medians[subject.name] = row(f"{subject.name}: SIGKILL -> new process", runs)
    for subject in subjects[1:]:
        ratio(f"visor / {subject.name}", medians["visor"], medians[subject.name])
    for subject in subjects:
        if subject.name != "C program":
            row(f"{subject.name}: resident, one child", [memory(subject.pid)[0]], "MB")
        subject.close()


def children(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/children") as f:
                found += [int(p) for p in f.read().split()]
        except FileNotFoundError:
            continue  # The thread has ended meanwhile.
    return found


def is_sleeping(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            text = f.read()
    except OSError:
        return False
    return "(sleep)" in text and text.rpartition(")")[2].split()[0] != "Z"


def up(pid, without=()):
    return [p for p in children(pid) if p not in without and is_sleeping(p)]


def cpu(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def many(work, name, command, program=None):
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        pid = process.pid
        if program:
            pid = wait(lambda: descendant(process.pid, program), "the supervisor")
        wait(lambda: len(up(pid)) == MANY, f"{MANY} services of {name}", 120)
        row(f"{name}: {MANY} services up", [time.monotonic() - began], "s")
        time.sleep(5)
        before, since = cpu(pid), time.monotonic()
        time.sleep(IDLE)
        row(f"{name}: idle", [(cpu(pid) - before) / (time.monotonic() - since) * 100], "%")
        row(f"{name}: threads", [len(os.listdir(f'/proc/{pid}/task'))], "")
        resident, dirty = memory(pid)
        row(f"{name}: resident", [resident], "MB")
        row(f"{name}: private dirty", [dirty], "MB")
        old = set(up(pid))
        began = time.monotonic()
        for child in old:
            os.kill(child, signal.SIGKILL)
        wait(lambda: len(up(pid, old)) == MANY, f"all of {name} again", 120)
        row(f"{name}: all killed -> all back", [time.monotonic() - began], "s")
        zombies = [p for p in children(pid) if not is_sleeping(p)]
        row(f"{name}: zombies after that", [len(zombies)], "")
    finally:
        process.terminate()
        process.wait()


def main():
    print(machine())
    with Work() as work:
        restarts(work)
    with Work() as work:
        home = visor_home(work, "many", [f"  - {{name: s{i}, command: sleep 100000, restart: {{delay: 1s}}}}\n"
                                         for i in range(MANY)])
        many(work, "visor", visor_command(home), "java")
        if shutil.which("supervisord"):
            many(work, "supervisord", supervisord_conf(
                work, [f"[program:s{i}]\ncommand=sleep 100000\nautorestart=true\nstartsecs=0\nstdout_logfile=/dev/null\n"
                       "stderr_logfile=/dev/null\n" for i in range(MANY)]))


main()

"""What a long history costs: a fresh start with 10,000 upgrades in it beside one with none, how
long explain and history take then, and what one transition of an upgrade costs, its fsync counted
apart. Needs a JDK 25 (JAVA_HOME) for the transitions."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time

from bench import ROOT, VISOR, Devnet, Work, compile_child, machine, row, wait

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 15
UPGRADES = 10_000
STATES = ["DETECTED", "FETCHED", "VERIFIED", "STAGED", "ADMITTED", "STOPPED", "SWITCHED", "STARTED", "HEALTHY",
          "COMMITTED"]


def start(home, devnet):
    """Starts a wrap, and gives it and the milliseconds until its child runs."""
    path = os.path.join(home, "log")
    with open(path, "w") as log:
        begin = time.monotonic()
        visor = subprocess.Popen(
            [VISOR, "wrap", "--cmd", "lavap run", "--instance", "w", "--directory", home, "--node",
             devnet.addresses["rpc"], "--chain-id", "lava"], stdout=log, stderr=log)
    while "runs as pid" not in open(path).read():
        if visor.poll() is not None or time.monotonic() - begin > 30:
            raise SystemExit("visor does not start its child:\n" + open(path).read())
        time.sleep(0.0005)
    return visor, (time.monotonic() - begin) * 1000, path


def stop(visor):
    visor.terminate()
    visor.wait()


def prepare(home, devnet):
    """A home whose visor has heard of the chain, and ended."""
    compile_child(os.path.join(home, ".lavavisor", "upgrades", "v1.0.0"), "1.0.0")
    with open(os.path.join(home, ".lavavisor", "config.yml"), "w") as f:
        f.write("programs: {lavap: {upgrade: {health-window: 300ms}}}\n")
    visor, _, path = start(home, devnet)
    try:
        wait(lambda: "lavap target" in open(path).read(), "the chain")
    finally:
        stop(visor)


def fill(home):
    """Puts upgrades in front of the history that is there."""
    database = sqlite3.connect(os.path.join(home, ".lavavisor", "visor.db"))
    begin = int(time.time() * 1000) - UPGRADES * 3_600_000
    with database:
        for n in range(UPGRADES - 1):
            at = begin + n * 3_600_000
            number = database.execute(
                "INSERT INTO upgrade (instance, program, from_version, to_version, urgency, attempt, opened_at,"
                " ended_at, outcome) VALUES ('w', 'lavap', ?, ?, 'recommended', 1, ?, ?, 'COMMITTED')",
                (f"1.0.{n}", f"1.0.{n + 1}", at, at + 90_000)).lastrowid
            database.executemany(
                "INSERT INTO milestone (upgrade, seq, state, status, at) VALUES (?, ?, ?, 'success', ?)",
                [(number, seq, state, at + seq * 9000) for seq, state in enumerate(STATES)])
            database.execute(
                "INSERT INTO requirement (instance, program, min, target, chain, height, block_time, endpoint, proof,"
                " at) VALUES ('w', 'lavap', '1.0.0', ?, 'lava', ?, ?, 'tcp://127.0.0.1:26657', 'unproven', ?)",
                (f"1.0.{n + 1}", n + 1, at, at))
            database.execute("INSERT INTO deployment (instance, program, version, since) VALUES ('w', 'lavap', ?, ?)",
                             (f"1.0.{n + 1}", at))
    size = os.path.getsize(os.path.join(home, ".lavavisor", "visor.db"))
    database.close()
    return size


def commands(home):
    """How long the two commands that read the history take."""
    for words in (["explain"], ["history"]):
        values = []
        for _ in range(RUNS):
            begin = time.monotonic()
            subprocess.run([VISOR, "upgrade", *words, "--instance", "w", "--directory", home], check=True,
                           stdout=subprocess.DEVNULL)
            values.append((time.monotonic() - begin) * 1000)
        yield words[0], values


def transitions(work):
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else shutil.which("java")
    lib = os.path.join(ROOT, "target", "visor", "lib")
    output = subprocess.run(
        [java, "--enable-native-access=ALL-UNNAMED", "--class-path", lib + "/*",
         "-Dorg.sqlite.lib.path=" + lib, os.path.join(ROOT, "scripts", "bench", "Transition.java"), work],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    values = {"transition": [], "flush": []}
    for line in output.splitlines():
        kind, micros = line.split()
        values[kind].append(int(micros) / 1000)
    # The first ones are run before the JVM has compiled anything.
    ours = row("a transition, fsync included", values["transition"][50:])
    flush = row("append and fsync alone", values["flush"][50:])
    print(f"{'a transition without its fsync':<46} median {ours - flush:9.2f} ms")


print(machine())
with Work() as work:
    devnet = Devnet(work)
    try:
        homes = {"none": os.path.join(work, "none"), f"{UPGRADES} upgrades": os.path.join(work, "full")}
        for home in homes.values():
            prepare(home, devnet)
        print(f"database with {UPGRADES} upgrades: {fill(homes[f'{UPGRADES} upgrades']) / 1e6:.1f} MB")
        times = {name: [] for name in homes}
        for _ in range(RUNS + 1):
            for name, home in homes.items():
                visor, millis, _ = start(home, devnet)
                times[name].append(millis)
                stop(visor)
        medians = [row(f"start to running child, history of {name}", values[1:]) for name, values in times.items()]
        print(f"{'a fresh start is longer by':<46}        {medians[1] - medians[0]:9.2f} ms")
        for name, home in homes.items():
            visor, _, _ = start(home, devnet)
            try:
                for command, values in commands(home):
                    row(f"upgrade {command}, history of {name}", values)
            finally:
                stop(visor)
        transitions(work)
    finally:
        devnet.close()

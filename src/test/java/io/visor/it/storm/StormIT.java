package io.visor.it.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.it.Visor;
import io.visor.it.storm.Storm.Fate;
import io.visor.model.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Upgrades during which visor is killed, and what must hold afterwards: the next visor reaches the
/// new version, or the old one if the new one is bad; no service ever has two processes; the link
/// leads to a whole release; nothing is run that is not what was announced.
///
/// `scripts/storm.sh` runs it at full length: `storm.rounds` upgrades with a kill at a random
/// instant each, and, with `storm.steps=all`, a kill at every step there is.
@Timeout(value = 12, unit = TimeUnit.HOURS)
final class StormIT {

    /// Those at which something becomes durable, or a process ends or starts.
    private static final Set<String> CHOSEN =
            Set.of(
                    "before-PUT_IN_PLACE",
                    "after-Switch",
                    "after-service-Spawn",
                    "before-Record-Commit",
                    "before-Record-GoBack");

    /// Longer than an upgrade takes, its health window included.
    private static final int UPGRADE_MILLIS = 1100;

    @TempDir private Path directory;
    private Storm storm;

    @BeforeEach
    void begin() throws IOException {
        storm = new Storm(directory);
    }

    @AfterEach
    void end() {
        storm.close();
    }

    @Test
    void isKilledAtRandomInstants() throws Exception {
        int rounds = Integer.getInteger("storm.rounds", 4);
        long seed = Long.getLong("storm.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<String, Integer> met = new TreeMap<>();
        Visor visor = storm.start("");
        try {
            storm.awaitAtRest(visor, storm.running(), "up-to-date");
            for (int round = 0; round < rounds; round++) {
                Fate fate = random.nextInt(4) == 0 ? bad(random) : Fate.GOOD;
                Version version = storm.publish(fate);
                storm.propose(version);
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(UPGRADE_MILLIS)).toNanos());
                met.merge(String.valueOf(storm.upgradeState()), 1, Integer::sum);
                visor = killedAndStarted(visor, version);
                settle(visor, version, fate, "round " + round + " of seed " + seed);
                if (round % 50 == 49) {
                    System.out.println((round + 1) + " upgrades; killed when it was " + met);
                }
            }
            stop(visor);
        } finally {
            visor.close();
        }
        System.out.println(rounds + " upgrades, each with a kill; killed when it was " + met);
    }

    private static Fate bad(Random random) {
        return random.nextBoolean() ? Fate.BAD : Fate.CORRUPT;
    }

    private Visor killedAndStarted(Visor visor, Version version) {
        visor.signal("KILL");
        visor.end();
        visor.close();
        storm.checkRules();
        storm.repair(version);
        return storm.start("");
    }

    /// Waits until the upgrade is over as it must be.
    private void settle(Visor visor, Version version, Fate fate, String which) {
        try {
            if (fate == Fate.BAD) {
                storm.awaitAtRest(visor, storm.running(), "held");
            } else {
                storm.awaitAtRest(visor, version, "up-to-date");
                storm.trust(version);
            }
        } catch (AssertionError e) {
            throw new AssertionError(which + " (" + fate + " " + version + ")", e);
        }
    }

    private void stop(Visor visor) {
        visor.signal("TERM");
        assertThat(visor.end().code()).isZero();
        assertThat(storm.processes()).as("processes that are left").isEmpty();
    }

    @Test
    void isKilledAtSteps() throws Exception {
        boolean all = System.getProperty("storm.steps", "").equals("all");
        Visor first = storm.start("");
        storm.awaitAtRest(first, storm.running(), "up-to-date");
        stop(first);
        Map<String, Fate> steps = new LinkedHashMap<>();
        for (Fate fate : List.of(Fate.BAD, Fate.GOOD)) {
            stepsOf(fate).forEach(step -> steps.put(step, fate));
        }
        assertThat(steps.keySet()).containsAll(CHOSEN);
        List<String> killed = new ArrayList<>();
        for (Map.Entry<String, Fate> step : steps.entrySet()) {
            if (all || CHOSEN.contains(step.getKey())) {
                killAt(step.getKey(), step.getValue());
                killed.add(step.getKey());
            }
        }
        System.out.println("killed at " + killed.size() + " steps: " + String.join(" ", killed));
    }

    /// The steps that a visor takes that starts, upgrades and stops.
    private Set<String> stepsOf(Fate fate) throws IOException {
        Path log = directory.resolve("steps-" + fate);
        Visor visor = storm.start("-Dvisor.steps=" + log);
        try {
            storm.awaitAtRest(visor, storm.running(), fate == Fate.BAD ? "up-to-date" : "held");
            Version version = storm.publish(fate);
            storm.propose(version);
            settle(visor, version, fate, "upgrade whose steps are written down");
            stop(visor);
        } finally {
            visor.close();
        }
        return new LinkedHashSet<>(Files.readAllLines(log));
    }

    private void killAt(String step, Fate fate) throws IOException {
        Version before = storm.running();
        Visor visor = storm.start("-Dvisor.kill.at=" + step);
        try {
            Version version = storm.publish(fate);
            storm.propose(version);
            await(step)
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !visor.isAlive() || isOver(fate, before, version));
            // What it does not reach while it runs, it reaches when it ends.
            if (visor.isAlive()) {
                visor.signal("TERM");
            }
            assertThat(visor.end().code()).as("killed at " + step).isEqualTo(137);
            storm.checkRules();
            Visor next = storm.start("");
            try {
                settle(next, version, fate, step);
                stop(next);
            } finally {
                next.close();
            }
        } finally {
            visor.close();
        }
    }

    private boolean isOver(Fate fate, Version before, Version version) throws Exception {
        return storm.isAtRest(
                fate == Fate.BAD ? before : version, fate == Fate.BAD ? "held" : "up-to-date");
    }
}

package io.visor.sim.world;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/// Runs seeds from the command line: `--seed N` one of them, with all that happened last if a rule
/// is broken; `--count N [--from N]` many.
public final class Simulate {

    private Simulate() {}

    public static void main(String[] arguments) {
        long from = 0;
        long count = 1;
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            long value = Long.parseLong(arguments[i + 1]);
            switch (arguments[i]) {
                case "--seed", "--from" -> from = value;
                case "--count" -> count = value;
                default -> throw new IllegalArgumentException("unknown: " + arguments[i]);
            }
        }
        System.exit(run(from, count, System.out) ? 0 : 1);
    }

    private static boolean run(long from, long count, PrintStream out) {
        Instant begin = Instant.now();
        long upgrades = 0;
        long lives = 0;
        for (long seed = from; seed < from + count; seed++) {
            try {
                Simulation.Report report = Simulation.run(seed);
                upgrades += report.upgrades();
                lives += report.lives();
            } catch (Simulation.Failure e) {
                e.notes().forEach(out::println);
                out.println(e.getMessage());
                if (count == 1) {
                    e.printStackTrace(out);
                }
                out.println("replay: scripts/simulate.sh --seed " + seed);
                return false;
            }
        }
        Duration took = Duration.between(begin, Instant.now());
        out.printf(
                "%d seeds without a violation: %d upgrades, %d visors, %.1f s, %.0f upgrades a"
                        + " minute%n",
                count, upgrades, lives, took.toMillis() / 1e3, upgrades * 60e3 / took.toMillis());
        return true;
    }
}

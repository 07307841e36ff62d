package io.visor.daemon;

import io.visor.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/// Thins progress out to a line every 10 s or 10 %, whichever comes first, for logs and pipes.
final class SparseProgress implements ProgressLog.Target {

    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int PERCENT = 10;

    private final Clock clock;
    private final Consumer<String> lines;
    private Duration toldAt;
    private long toldPercent;

    SparseProgress(Clock clock, Consumer<String> lines) {
        this.clock = clock;
        this.lines = lines;
        this.toldAt = clock.monotonic();
    }

    @Override
    public void show(String text, long bytes, long total) {
        long percent = total > 0 ? bytes * 100 / total : 0;
        if (percent < toldPercent) {
            // Another download has begun.
            toldPercent = 0;
        }
        if (percent < toldPercent + PERCENT && clock.since(toldAt).compareTo(EVERY) < 0) {
            return;
        }
        toldAt = clock.monotonic();
        toldPercent = percent;
        lines.accept(text);
    }
}

package io.visor.daemon;

import io.visor.model.Durations;
import io.visor.model.Sizes;
import io.visor.release.ReleaseEvent;
import io.visor.time.Clock;
import java.time.Duration;

/// Puts the progress of a download into words.
final class ProgressLog {

    private final Clock clock;
    private final Target target;
    private Duration begin = Duration.ZERO;

    /// Shows progress.
    @FunctionalInterface
    interface Target {

        /// Shows it.
        ///
        /// @param text in words
        /// @param bytes how many have come
        /// @param total how many there are; 0 if it is not known
        void show(String text, long bytes, long total);
    }

    ProgressLog(Clock clock, Target target) {
        this.clock = clock;
        this.target = target;
    }

    /// A download begins.
    void begin() {
        begin = clock.monotonic();
    }

    void on(ReleaseEvent.Progress progress) {
        long bytes = progress.bytes();
        long total = progress.total().orElse(0);
        double seconds = Math.max(0.001, clock.since(begin).toNanos() / 1e9);
        long rate = (long) (bytes / seconds);
        StringBuilder text = new StringBuilder();
        text.append(progress.program())
                .append(' ')
                .append(progress.version())
                .append("  ")
                .append(Sizes.format(bytes));
        if (total > 0) {
            text.append(" / ")
                    .append(Sizes.format(total))
                    .append("  ")
                    .append(bytes * 100 / total)
                    .append('%');
        }
        text.append("  ").append(Sizes.format(rate)).append("/s");
        if (total > bytes && rate > 0) {
            text.append("  ")
                    .append(Durations.format(Duration.ofSeconds((total - bytes) / rate + 1)))
                    .append(" left");
        }
        target.show(text.toString(), bytes, total);
    }
}

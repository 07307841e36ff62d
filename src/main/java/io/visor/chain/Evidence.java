package io.visor.chain;

import io.visor.chain.ChainException.Kind;
import io.visor.model.Durations;
import io.visor.model.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells which observations of a chain count: those of a node that is not catching up, not behind
/// what was accepted before, and whose height advances. That an observation decodes, is of the
/// right chain and names versions that a chain can have is checked where it is read.
final class Evidence {

    /// A chain whose height stands for this long, or for four block times if that is longer, says
    /// nothing.
    private static final Duration MIN_STANDSTILL = Duration.ofSeconds(60);

    private static final int STANDSTILL_BLOCKS = 4;

    private static final Duration MIN_BLOCK_TIME = Duration.ofSeconds(1);
    private static final Duration MAX_BLOCK_TIME = Duration.ofSeconds(60);

    private long acceptedHeight;
    private long seenHeight;
    private @Nullable Instant seenBlockTime;
    private Duration advancedAt = Duration.ZERO;
    private Duration blockTime = MIN_BLOCK_TIME;

    /// Judges an observation and remembers its height.
    ///
    /// @param now a reading of the monotonic clock
    /// @throws ChainException if it does not count
    void judge(Observation observation, Duration now) {
        why(observation, now)
                .ifPresent(why -> {
                    throw new ChainException(Kind.NOT_CREDIBLE, why);
                });
        acceptedHeight = observation.height();
    }

    private Optional<String> why(Observation observation, Duration now) {
        notice(observation.height(), observation.blockTime(), now);
        if (observation.catchingUp()) {
            return Optional.of(
                    observation.endpoint() + " is catching up, at height " + observation.height());
        }
        if (observation.height() < acceptedHeight) {
            return Optional.of(
                    observation.endpoint()
                            + " is at height "
                            + observation.height()
                            + ", behind "
                            + acceptedHeight
                            + " that was seen before");
        }
        Duration standing = now.minus(advancedAt);
        if (standing.compareTo(standstill()) > 0) {
            return Optional.of(
                    observation.endpoint()
                            + " stands at height "
                            + observation.height()
                            + " for "
                            + Durations.format(standing));
        }
        return Optional.empty();
    }

    private void notice(long height, Instant time, Duration now) {
        if (height <= seenHeight) {
            return;
        }
        if (seenBlockTime != null) {
            Duration each = Duration.between(seenBlockTime, time).dividedBy(height - seenHeight);
            blockTime = clamp(each);
        }
        seenHeight = height;
        seenBlockTime = time;
        advancedAt = now;
    }

    private static Duration clamp(Duration duration) {
        if (duration.compareTo(MIN_BLOCK_TIME) < 0) {
            return MIN_BLOCK_TIME;
        }
        return duration.compareTo(MAX_BLOCK_TIME) > 0 ? MAX_BLOCK_TIME : duration;
    }

    /// The chain's block time as it was measured last, between 1 s and 60 s; 1 s before it was.
    Duration blockTime() {
        return blockTime;
    }

    /// How long the height may stand.
    Duration standstill() {
        Duration blocks = blockTime.multipliedBy(STANDSTILL_BLOCKS);
        return blocks.compareTo(MIN_STANDSTILL) > 0 ? blocks : MIN_STANDSTILL;
    }
}

package io.visor.chain;

import io.visor.chain.ChainException.Kind;
import io.visor.model.Durations;
import io.visor.model.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Tells which observations of a chain count: those of a node that is not catching up, not behind
/// what was accepted before, and whose height advances. That an observation decodes, is of the
/// right chain and names versions that a chain can have is checked where it is read.
///
/// A height is only a claim. Once the highest accepted one has stood for as long as a height may
/// stand, a node that is below it and advances is believed instead: nobody can shut out the other
/// nodes by claiming once to be far ahead.
final class Evidence {

    /// A chain whose height stands for this long, or for four block times if that is longer, says
    /// nothing.
    private static final Duration MIN_STANDSTILL = Duration.ofSeconds(60);

    private static final int STANDSTILL_BLOCKS = 4;

    private static final Duration MIN_BLOCK_TIME = Duration.ofSeconds(1);
    private static final Duration MAX_BLOCK_TIME = Duration.ofSeconds(60);

    private final Map<String, Seen> endpoints = new HashMap<>();
    private long acceptedHeight;
    private Duration acceptedAt = Duration.ZERO;
    private Duration blockTime = MIN_BLOCK_TIME;

    /// The height that an endpoint stands at.
    ///
    /// @param blockTime the time of that block
    /// @param since when it was first seen there
    /// @param advancing whether it was seen lower before
    private record Seen(long height, Instant blockTime, Duration since, boolean advancing) {}

    /// Judges an observation and remembers its height.
    ///
    /// @param now a reading of the monotonic clock
    /// @throws ChainException if it does not count
    void judge(Observation observation, Duration now) {
        Seen seen = notice(observation, now);
        why(observation, seen, now)
                .ifPresent(why -> {
                    throw new ChainException(Kind.NOT_CREDIBLE, why);
                });
        if (observation.height() != acceptedHeight) {
            acceptedHeight = observation.height();
            acceptedAt = now;
        }
    }

    private Optional<String> why(Observation observation, Seen seen, Duration now) {
        long height = observation.height();
        if (observation.catchingUp()) {
            return Optional.of(observation.endpoint() + " is catching up, at height " + height);
        }
        boolean overtakes =
                isStandstill(acceptedAt, now) && seen.advancing && seen.height == height;
        if (height < acceptedHeight && !overtakes) {
            return Optional.of(
                    observation.endpoint()
                            + " is at height "
                            + height
                            + ", behind "
                            + acceptedHeight
                            + " that was seen before");
        }
        Duration since =
                height == acceptedHeight && acceptedAt.compareTo(seen.since) < 0
                        ? acceptedAt
                        : seen.since;
        if (isStandstill(since, now)) {
            return Optional.of(
                    observation.endpoint()
                            + " stands at height "
                            + height
                            + " for "
                            + Durations.format(now.minus(since)));
        }
        return Optional.empty();
    }

    private boolean isStandstill(Duration since, Duration now) {
        return now.minus(since).compareTo(standstill()) > 0;
    }

    /// Remembers where an endpoint stands. One that falls back is believed to be lower only when
    /// its greater height has stood for too long.
    private Seen notice(Observation observation, Duration now) {
        long height = observation.height();
        Instant time = observation.blockTime();
        Seen before = endpoints.get(observation.endpoint());
        Seen seen;
        if (before == null || height < before.height && isStandstill(before.since, now)) {
            seen = new Seen(height, time, now, false);
        } else if (height > before.height) {
            Duration each =
                    Duration.between(before.blockTime, time).dividedBy(height - before.height);
            blockTime = clamp(each);
            seen = new Seen(height, time, now, true);
        } else {
            return before;
        }
        endpoints.put(observation.endpoint(), seen);
        return seen;
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

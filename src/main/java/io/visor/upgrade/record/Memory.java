package io.visor.upgrade.record;

import io.visor.model.Version;
import io.visor.upgrade.Move;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is remembered of a program's upgrades from one run of visor to the next.
///
/// @param lastGood the version that was active last without failing; null if there is none
/// @param holds what is on hold
/// @param approvals the versions that somebody wants without waiting for a window or a delay
/// @param upgrade the upgrade that had not ended; null if there is none
public record Memory(
        @Nullable Version lastGood,
        List<Hold> holds,
        Set<Version> approvals,
        @Nullable OpenUpgrade upgrade) {

    /// Nothing has happened yet, or nothing of it is known.
    public static final Memory NONE = new Memory(null, List.of(), Set.of(), null);

    public Memory {
        holds = List.copyOf(holds);
        approvals = Set.copyOf(approvals);
    }

    /// The same with one more hold; it takes the place of one on the same version.
    public Memory holding(Hold hold) {
        return new Memory(
                lastGood,
                Stream.concat(
                                holds.stream().filter(other -> !other.isSameStop(hold)),
                                Stream.of(hold))
                        .toList(),
                approvals,
                upgrade);
    }

    /// The same without the holds on a version; without any if none is named.
    public Memory lifting(@Nullable Version version) {
        return new Memory(
                lastGood,
                holds.stream()
                        .filter(hold -> version != null && !version.equals(hold.version()))
                        .toList(),
                approvals,
                upgrade);
    }

    /// The same when a version has turned out to be good: nothing counts any more that was found
    /// out or asked for before that. What an operator holds stays on hold.
    public Memory committing(Version version) {
        return new Memory(
                version,
                holds.stream()
                        .filter(hold ->
                                hold.by() == Hold.By.OPERATOR || !version.equals(hold.version()))
                        .toList(),
                approvals.stream()
                        .filter(other -> !other.equals(version))
                        .collect(Collectors.toUnmodifiableSet()),
                upgrade);
    }

    /// The same with one more approval.
    public Memory approving(Version version) {
        return new Memory(
                lastGood,
                holds,
                Stream.concat(approvals.stream(), Stream.of(version))
                        .collect(Collectors.toUnmodifiableSet()),
                upgrade);
    }

    /// The same with what else is known, which gives way to what is remembered.
    public Memory with(Memory other) {
        Memory both =
                new Memory(
                        lastGood == null ? other.lastGood : lastGood,
                        other.holds,
                        Stream.concat(approvals.stream(), other.approvals.stream())
                                .collect(Collectors.toUnmodifiableSet()),
                        upgrade == null ? other.upgrade : upgrade);
        for (Hold hold : holds) {
            both = both.holding(hold);
        }
        return both;
    }

    /// An upgrade that has not ended.
    ///
    /// @param move from where to where
    /// @param openedAt when it was detected
    /// @param back where it was going back to; null if it was not
    /// @param interruptions how often in a row visor ended unasked while the upgrade was watched,
    ///   this time included
    public record OpenUpgrade(
            Move move, Instant openedAt, @Nullable GoingBack back, int interruptions) {

        /// The same where its version has run on since visor was last interrupted, which it did not
        /// bring down.
        public OpenUpgrade uninterrupted() {
            return new OpenUpgrade(move, openedAt, back, 1);
        }
    }

    /// The way back from a version that failed.
    ///
    /// @param to the version that comes back
    /// @param why what failed
    public record GoingBack(Version to, String why) {}
}

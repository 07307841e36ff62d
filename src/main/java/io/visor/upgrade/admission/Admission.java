package io.visor.upgrade.admission;

import io.visor.model.AdmissionPolicy;
import io.visor.model.Durations;
import io.visor.model.MaintenanceWindow;
import io.visor.model.ProgramName;
import io.visor.model.Sizes;
import io.visor.model.UpgradePolicy;
import io.visor.model.UpgradePolicy.Auto;
import io.visor.upgrade.Move;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.record.Hold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What stands in the way of an upgrade whose release is staged. Pure: nothing but the arguments
/// counts.
public final class Admission {

    /// So many windows and delays are looked at, one after the other.
    private static final int MAX_STEPS = 20;

    /// What the deadline passes.
    private static final Set<Obstacle.Kind> BOUND =
            EnumSet.of(Obstacle.Kind.DELAY, Obstacle.Kind.WINDOW, Obstacle.Kind.HEIGHT);

    private final ProgramName program;
    private final UpgradePolicy policy;

    /// The admission to upgrades of one program.
    public Admission(ProgramName program, UpgradePolicy policy) {
        this.program = program;
        this.policy = policy;
    }

    /// What is known when it is judged.
    ///
    /// @param move the upgrade
    /// @param openedAt when it was detected
    /// @param now the time of day
    /// @param height the chain's height; 0 if it is not known
    /// @param approved whether somebody wants this version without waiting
    /// @param holds what is on hold
    /// @param free how many bytes are free on the disk of the home
    /// @param share this home's and version's share of the spread, 0 to 1
    public record Case(
            Move move,
            Instant openedAt,
            Instant now,
            long height,
            boolean approved,
            List<Hold> holds,
            long free,
            double share) {
        public Case {
            holds = List.copyOf(holds);
        }

        /// The same with another amount of free room.
        public Case withFree(long bytes) {
            return new Case(move, openedAt, now, height, approved, holds, bytes, share);
        }

        private Case at(Instant time) {
            return new Case(move, openedAt, time, height, approved, holds, free, share);
        }
    }

    /// Judges.
    ///
    /// | obstacle | stands in the way of | until | passed by |
    /// |---|---|---|---|
    /// | hold | every upgrade to the version, or of the program, that the network or a policy brings | `resume` | |
    /// | approval | recommended upgrades where `auto` is `required-only` | `approve` | |
    /// | delay | recommended upgrades; required ones too where `window-binds` is `all` | it has passed | `approve`, the deadline |
    /// | window | the same | it opens | `approve`, the deadline |
    /// | height | the same | the chain reaches it | `approve`, the deadline |
    /// | disk | every upgrade | there is room | |
    ///
    /// @return what stands in the way; nothing if it may go on
    public List<Obstacle> judge(Case known) {
        List<Obstacle> obstacles = new ArrayList<>();
        Move move = known.move();
        boolean asked = move.urgency().isAsked();
        if (!asked) {
            known.holds().stream()
                    .filter(hold -> hold.by() == Hold.By.OPERATOR && hold.binds(move.to()))
                    .findFirst()
                    .map(this::held)
                    .ifPresent(obstacles::add);
        }
        if (!asked && !known.approved()) {
            if (policy.auto() == Auto.REQUIRED_ONLY && move.urgency() == Urgency.RECOMMENDED) {
                obstacles.add(unapproved(move));
            }
            if (binds(known)) {
                delayed(known).ifPresent(obstacles::add);
                closed(known).ifPresent(obstacles::add);
                low(known).ifPresent(obstacles::add);
            }
        }
        if (known.free() < policy.admission().minFree()) {
            obstacles.add(full());
        }
        return obstacles;
    }

    /// When nothing will stand in the way any more, as far as that is known now.
    ///
    /// @return the time of the case if nothing does; nothing if what does not pass by itself stands
    ///   in the way, or that is not known
    public Optional<Instant> earliest(Case known) {
        Instant time = known.now();
        // One window or delay may end while another one is closed again.
        for (int i = 0; i < MAX_STEPS; i++) {
            Case then = known.at(time);
            List<Obstacle> obstacles = judge(then);
            if (obstacles.isEmpty()) {
                return Optional.of(time);
            }
            Optional<Instant> next = next(then, obstacles);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            time = next.get();
        }
        return Optional.empty();
    }

    /// When something changes by itself, so that nothing of what stands in the way now may do so
    /// then.
    private Optional<Instant> next(Case known, List<Obstacle> obstacles) {
        Duration deadline = policy.admission().deadline();
        Instant latest = known.now();
        boolean passes = true;
        for (Obstacle obstacle : obstacles) {
            Instant until = obstacle.until();
            passes = passes && until != null;
            latest = until != null && until.isAfter(latest) ? until : latest;
        }
        if (deadline != null && binds(known)) {
            Instant end = known.openedAt().plus(deadline);
            boolean isAllOver =
                    obstacles.stream().allMatch(o -> BOUND.contains(o.kind()))
                            && end.isAfter(known.now());
            if (isAllOver && (!passes || end.isBefore(latest))) {
                return Optional.of(end);
            }
        }
        return passes && latest.isAfter(known.now()) ? Optional.of(latest) : Optional.empty();
    }

    /// Whether windows, delays and the height bind an upgrade.
    private boolean binds(Case known) {
        AdmissionPolicy admission = policy.admission();
        Duration deadline = admission.deadline();
        boolean isPast = deadline != null && !known.now().isBefore(known.openedAt().plus(deadline));
        boolean required = known.move().urgency() == Urgency.REQUIRED;
        return !isPast && (!required || admission.bindsAll());
    }

    private String key(String key, Object value) {
        return "programs." + program + ".upgrade." + key + " = \"" + value + "\"";
    }

    private String approve() {
        return "visor upgrade approve " + program;
    }

    private Obstacle held(Hold hold) {
        String what = hold.version() == null ? program.toString() : hold.version().toString();
        return new Obstacle(
                Obstacle.Kind.HOLD,
                what
                        + " is on hold since "
                        + hold.at()
                        + (hold.why().isEmpty() ? "" : ": ")
                        + hold.why(),
                null,
                "visor upgrade resume " + program);
    }

    private Obstacle unapproved(Move move) {
        return new Obstacle(
                Obstacle.Kind.APPROVAL,
                move.to()
                        + " is recommended only, and waits for approval ("
                        + key("auto", Auto.REQUIRED_ONLY.word())
                        + ")",
                null,
                approve());
    }

    private Optional<Obstacle> delayed(Case known) {
        AdmissionPolicy admission = policy.admission();
        Duration share = Duration.ofMillis((long) (admission.spread().toMillis() * known.share()));
        Instant until = known.openedAt().plus(admission.delay()).plus(share);
        if (!known.now().isBefore(until)) {
            return Optional.empty();
        }
        String spread = share.isZero() ? "" : ", and " + Durations.format(share) + " of the spread";
        return Optional.of(
                new Obstacle(
                        Obstacle.Kind.DELAY,
                        "it is delayed ("
                                + key("delay", Durations.exact(admission.delay()))
                                + spread
                                + ")",
                        until,
                        approve()));
    }

    private Optional<Obstacle> closed(Case known) {
        List<MaintenanceWindow> windows = policy.admission().windows();
        if (windows.isEmpty() || windows.stream().anyMatch(w -> w.isOpen(known.now()))) {
            return Optional.empty();
        }
        Instant opens =
                windows.stream()
                        .flatMap(window -> window.nextOpening(known.now()).stream())
                        .min(Instant::compareTo)
                        .orElse(null);
        String shown = String.join(", ", windows.stream().map(Object::toString).toList());
        return Optional.of(
                new Obstacle(
                        Obstacle.Kind.WINDOW,
                        "outside the maintenance window now (" + key("window", shown) + ")",
                        opens,
                        approve()));
    }

    private Optional<Obstacle> low(Case known) {
        long height = policy.admission().notBeforeHeight();
        if (height == 0 || known.height() >= height) {
            return Optional.empty();
        }
        return Optional.of(
                new Obstacle(
                        Obstacle.Kind.HEIGHT,
                        "the chain is not as high yet (" + key("not-before-height", height) + ")",
                        null,
                        approve()));
    }

    private Obstacle full() {
        return new Obstacle(
                Obstacle.Kind.DISK,
                "too little is free on the disk of the home ("
                        + key("min-free", Sizes.exact(policy.admission().minFree()))
                        + ")",
                null,
                "make room");
    }
}

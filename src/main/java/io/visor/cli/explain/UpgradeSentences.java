package io.visor.cli.explain;

import io.visor.api.Next;
import io.visor.api.Obstacle;
import io.visor.api.ProgramStatus.UpgradeStatus;
import io.visor.api.upgrade.Explanation;
import io.visor.api.upgrade.Explanation.Asked;
import io.visor.api.upgrade.Explanation.Failure;
import io.visor.api.upgrade.Explanation.Held;
import io.visor.api.upgrade.Explanation.Running;
import io.visor.api.upgrade.Explanation.Staged;
import io.visor.model.Sizes;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Says where the upgrade of a program stands, and what comes next.
///
/// @param times tells times
/// @param explanation of what
record UpgradeSentences(Times times, Explanation explanation) {

    private static final String COMMAND = "visor ";

    private static final String HOLD = "hold";

    void addTo(Paragraphs text) {
        if (explanation.visorStartedAt() == null) {
            withoutVisor(text);
            return;
        }
        Next next = explanation.next();
        String version = Objects.requireNonNullElse(next.version(), "");
        switch (next.action()) {
            case Next.READ ->
                    text.add(
                            0,
                            "What visor has kept of earlier upgrades and holds cannot be read, and"
                                    + " no upgrade begins before it can. It is read again every 10"
                                    + " seconds; the log of visor says what is wrong with it.");
            case Next.STAGE -> staging(text, version);
            case Next.RETRY -> retrying(text, version, next.at());
            case Next.INSTALL -> waiting(text, version, next.at());
            case Next.SWITCH ->
                    text.add(
                            0,
                            explanation.program()
                                    + " is being switched to "
                                    + version
                                    + " now: its services stop, and start again with it.");
            case Next.COMMIT -> watched().watching(text, version, next.at());
            case Next.GO_BACK -> watched().goingBack(text, version);
            case Next.NOTHING -> nothing(text);
            default -> {}
        }
    }

    private WatchSentences watched() {
        return new WatchSentences(times, explanation);
    }

    private UpgradeStatus upgrade() {
        return explanation.upgrade();
    }

    private String program() {
        return explanation.program();
    }

    private String key(String key) {
        return "programs." + program() + ".upgrade." + key;
    }

    private String meanwhile() {
        Running running = explanation.running();
        if (running == null) {
            return "nothing runs meanwhile";
        }
        return running.version()
                + (explanation.down().isEmpty() ? " serves" : " stays")
                + " meanwhile";
    }

    private String attempt() {
        return upgrade().attempt() > 1 ? " (attempt " + upgrade().attempt() + ")" : "";
    }

    private void staging(Paragraphs text, String version) {
        Explanation.Progress progress = explanation.progress();
        Long total = progress == null ? null : progress.total();
        text.add(
                0,
                version
                        + " is being fetched and verified"
                        + attempt()
                        + (progress == null
                                ? ""
                                : ", "
                                        + Sizes.format(progress.bytes())
                                        + (total == null ? "" : " of " + Sizes.format(total)))
                        + "; "
                        + meanwhile()
                        + ".");
        foreseen(text);
    }

    /// What a release that is not staged yet will wait for.
    private void foreseen(Paragraphs text) {
        if (explanation.obstacles().isEmpty()) {
            text.add(0, "When it is staged, it is installed as soon as it is its turn.");
        } else {
            text.add(0, "When it is staged, it waits:");
            obstacles(text);
        }
    }

    private void retrying(Paragraphs text, String version, @Nullable Instant at) {
        String reason = Objects.requireNonNullElse(upgrade().reason(), "it did not succeed");
        Staged staged = explanation.staged();
        text.add(
                0,
                (staged == null
                                ? version + " cannot be staged: "
                                : staged(staged) + " It could not be installed: ")
                        + reason
                        + ".");
        text.add(
                0,
                "The next try is "
                        + (at == null
                                ? "about to begin"
                                : "at " + times.at(at) + ", " + times.in(at))
                        + attempt()
                        + "; "
                        + meanwhile()
                        + ".");
        boolean isFetched = !explanation.policy().auto().equals("false");
        if (staged == null && isFetched) {
            text.add(
                    0,
                    "Releases come from where programs."
                            + program()
                            + ".release says, or --release-url.");
        }
        if (staged == null && !isFetched) {
            text.add(0, "Nothing is fetched by itself (" + key("auto") + " = \"false\").");
            text.add(0, "To have it fetched and installed: visor upgrade approve " + program());
        } else if (!explanation.obstacles().isEmpty()) {
            foreseen(text);
        }
    }

    private String staged(Staged staged) {
        Instant at = staged.at();
        String how =
                staged.source().equals("local")
                        ? "found in upgrades/ and checked"
                        : staged.proven()
                                + ", "
                                + Sizes.format(staged.size())
                                + " from "
                                + staged.source();
        return staged.version()
                + " is staged and verified: "
                + how
                + " ("
                + staged.assurance()
                + ")"
                + (at == null ? "" : ", " + times.ago(at))
                + ".";
    }

    private void waiting(Paragraphs text, String version, @Nullable Instant at) {
        Staged staged = explanation.staged();
        text.add(0, staged == null ? version + " is staged and verified." : staged(staged));
        List<Obstacle> obstacles = explanation.obstacles();
        if (obstacles.isEmpty()) {
            String turn = upgrade().turn();
            text.add(
                    0,
                    turn == null
                            ? "Nothing stands in its way: it is about to be installed."
                            : "It waits for its turn: "
                                    + turn
                                    + " is being upgraded, and one program at a time is between"
                                    + " its stop and the end of its health window.");
            return;
        }
        text.add(
                0,
                at == null
                        ? "It waits:"
                        : "It will be installed at " + times.at(at) + ", " + times.in(at) + ":");
        obstacles(text);
    }

    /// Each thing that stands in the way, and what takes it out of it.
    private void obstacles(Paragraphs text) {
        Set<String> commands = new LinkedHashSet<>();
        for (Obstacle obstacle : explanation.obstacles()) {
            Instant until = obstacle.until();
            text.add(
                    2,
                    why(obstacle)
                            + (until == null || explanation.obstacles().size() == 1
                                    ? ""
                                    : ", until " + times.at(until))
                            + (obstacle.remedy().startsWith(COMMAND)
                                    ? ""
                                    : "; " + obstacle.remedy()));
            if (obstacle.remedy().startsWith(COMMAND)) {
                commands.add(purpose(obstacle) + obstacle.remedy());
            }
        }
        commands.forEach(command -> text.add(0, command));
    }

    /// An approval lifts no hold.
    private String purpose(Obstacle obstacle) {
        if (obstacle.kind().equals(HOLD)) {
            return "To lift that: ";
        }
        return explanation.obstacles().stream().anyMatch(other -> other.kind().equals(HOLD))
                ? "To wait for nothing else then: "
                : "To install it now: ";
    }

    private String why(Obstacle obstacle) {
        return switch (obstacle.kind()) {
            case HOLD -> holdOfUpgrade().orElse(obstacle.why());
            case "height" ->
                    obstacle.why()
                            + (explanation.chain().latest() == null
                                    ? ""
                                    : "; it is at " + explanation.chain().latest().height());
            default -> obstacle.why();
        };
    }

    private Optional<String> holdOfUpgrade() {
        return explanation.holds().stream()
                .filter(hold ->
                        hold.by().equals("operator")
                                && (hold.version() == null
                                        || hold.version().equals(upgrade().to())))
                .findFirst()
                .map(hold -> hold(times, program(), hold));
    }

    /// `6.0.0 is on hold since 02:10 UTC: holidays`.
    static String hold(Times times, String program, Held hold) {
        Instant since = hold.since();
        return (hold.version() == null ? program : hold.version())
                + " is on hold"
                + (since == null ? "" : " since " + times.at(since))
                + (hold.why().isEmpty() ? "" : " (" + hold.why() + ")");
    }

    private void nothing(Paragraphs text) {
        switch (explanation.decision()) {
            case "above-target" -> {
                text.add(
                        0,
                        "That is above the target, and stays so: a program that runs is never"
                                + " downgraded by itself.");
                text.add(0, "To go back: visor upgrade rollback " + program() + " VERSION");
            }
            case "held" -> held(text);
            default -> {
                if (!explanation.chain().isSilent()) {
                    text.add(0, "Nothing is to be done.");
                }
            }
        }
    }

    /// The target failed here and is left alone.
    private void held(Paragraphs text) {
        Asked asked = explanation.asked();
        String target = asked == null ? "the target" : asked.target();
        Failure failure = explanation.failure();
        Running running = explanation.running();
        String stays = running == null ? "" : program() + " stays at " + running.version() + ": ";
        if (failure != null && failure.version().equals(target)) {
            Instant at = failure.at();
            text.add(
                    0,
                    stays
                            + target
                            + " was tried"
                            + (at == null ? "" : " at " + times.at(at) + ", " + times.ago(at) + ",")
                            + " and rolled back.");
            WatchSentences.output(text, failure, 2);
        } else {
            String holds =
                    explanation.holds().stream()
                            .filter(hold -> target.equals(hold.version()))
                            .map(hold -> hold(times, program(), hold))
                            .collect(Collectors.joining("; "));
            text.add(0, stays + (holds.isEmpty() ? target + " is on hold" : holds) + ".");
        }
        text.add(
                0,
                target
                        + " is on hold until the chain wants a newer one, or refuses what runs. To"
                        + " try it again: visor upgrade resume "
                        + program());
    }

    /// What was so when the last visor ended.
    private void withoutVisor(Paragraphs text) {
        Staged staged = explanation.staged();
        UpgradeStatus upgrade = upgrade();
        if (staged != null && !isRunning(staged.version())) {
            text.add(0, staged(staged));
        }
        if (upgrade.state().equals("interrupted")) {
            text.add(
                    0,
                    upgrade.reason() == null
                            ? "The upgrade to "
                                    + upgrade.to()
                                    + " had not ended"
                                    + attempt()
                                    + "; it goes on when visor is started."
                            : upgrade.to()
                                    + " failed ("
                                    + upgrade.reason()
                                    + "), and the way back to "
                                    + upgrade.from()
                                    + " had not ended; it goes on when visor is started.");
            watched().failure().ifPresent(failure -> WatchSentences.output(text, failure, 2));
        } else if (explanation.decision().equals("held")) {
            held(text);
        }
    }

    private boolean isRunning(String version) {
        Running running = explanation.running();
        return running != null && running.version().equals(version);
    }
}

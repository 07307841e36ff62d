package io.visor.cli.explain;

import io.visor.api.ProgramStatus.UpgradeStatus;
import io.visor.api.upgrade.Explanation;
import io.visor.api.upgrade.Explanation.Asked;
import io.visor.api.upgrade.Explanation.Failure;
import io.visor.model.Durations;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Says how a version that is watched does, and what follows if it fails.
///
/// @param times tells times
/// @param explanation of what
record WatchSentences(Times times, Explanation explanation) {

    private UpgradeStatus upgrade() {
        return explanation.upgrade();
    }

    private String key(String key) {
        return "programs." + explanation.program() + ".upgrade." + key;
    }

    void watching(Paragraphs text, String version, @Nullable Instant at) {
        UpgradeStatus upgrade = upgrade();
        String window = key("health-window") + " = \"" + window() + "\"";
        if (upgrade.failures() > 0) {
            text.add(
                    0,
                    version
                            + " failed "
                            + times(upgrade.failures())
                            + " while it was watched, and is tried on: "
                            + whyNoRollback()
                            + ".");
            failure().ifPresent(failure -> output(text, failure, 2));
        }
        Instant until = upgrade.until();
        if (at != null) {
            text.add(
                    0,
                    version
                            + " runs and is watched until "
                            + times.at(at)
                            + ", "
                            + times.in(at)
                            + " ("
                            + window
                            + "). Then it is committed"
                            + fallback()
                            + ".");
        } else if (Objects.equals(upgrade.step(), "opening")) {
            text.add(
                    0,
                    version
                            + " was started. As soon as its services are ready"
                            + (until == null ? "" : ", which they must be by " + times.at(until))
                            + " ("
                            + key("start-timeout")
                            + " = \""
                            + Durations.exact(explanation.policy().startTimeout())
                            + "\"), it is watched for "
                            + window()
                            + " ("
                            + key("health-window")
                            + ") and then committed"
                            + fallback()
                            + ".");
        } else {
            text.add(0, version + " has been watched for long enough, and is being committed.");
        }
    }

    private String window() {
        return Durations.exact(explanation.policy().healthWindow());
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    /// What happens if the version that is watched fails.
    private String fallback() {
        return upgrade().failures() > 0
                        || upgrade().from() == null
                        || rollbackObstacle().isPresent()
                ? ""
                : "; if one of its services ends before, "
                        + upgrade().from()
                        + " comes back ("
                        + key("rollback")
                        + " = \""
                        + explanation.policy().rollback()
                        + "\")";
    }

    private String whyNoRollback() {
        return rollbackObstacle().orElse("the version before it does not come back");
    }

    private Optional<String> rollbackObstacle() {
        Asked asked = explanation.asked();
        String from = upgrade().from();
        if (explanation.policy().rollback().equals("never")) {
            return Optional.of(key("rollback") + " is \"never\"");
        }
        if (from == null) {
            return Optional.of("there is no older version");
        }
        if (asked != null && Versions.isBelow(from, asked.min())) {
            return Optional.of("the chain refuses " + from + " (min " + asked.min() + ")");
        }
        return Optional.empty();
    }

    void goingBack(Paragraphs text, String back) {
        UpgradeStatus upgrade = upgrade();
        String step =
                switch (Objects.requireNonNullElse(upgrade.step(), "")) {
                    case "stopping" -> "its services are being stopped";
                    case "switching" -> "the link is being put back";
                    case "opening" -> back + " was started, and its services get ready";
                    default -> back + " runs again, and is watched";
                };
        text.add(0, upgrade.to() + " failed, and " + back + " comes back: " + step + ".");
        Failure failure = failure().orElse(null);
        if (failure != null) {
            output(text, failure, 2);
        } else if (upgrade.reason() != null) {
            text.add(2, "Why: " + upgrade.reason() + ".");
        }
    }

    /// The failure of the version that the upgrade brings.
    Optional<Failure> failure() {
        return Optional.ofNullable(explanation.failure())
                .filter(failure -> failure.version().equals(upgrade().to()));
    }

    static void output(Paragraphs text, Failure failure, int indent) {
        // The last line stands among the others.
        String why =
                failure.output().isEmpty()
                        ? failure.why()
                        : failure.why().replaceFirst("(?s): \".*\"$", "");
        text.add(
                indent,
                "Why: " + why + "." + (failure.output().isEmpty() ? "" : " Its last lines:"));
        failure.output().forEach(line -> text.add(indent + 2, line));
    }
}

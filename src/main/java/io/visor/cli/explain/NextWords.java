package io.visor.cli.explain;

import io.visor.api.Next;
import io.visor.api.Obstacle;
import io.visor.api.ProgramStatus;
import io.visor.api.ProgramStatus.UpgradeStatus;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Says in a few words what visor does next about a program.
///
/// @param times tells times
public record NextWords(Times times) {

    /// What comes next.
    public String of(ProgramStatus program) {
        UpgradeStatus upgrade = program.upgrade();
        Next next = program.next();
        String why = upgrade.reason() == null ? "" : ": " + upgrade.reason();
        return switch (next.action()) {
            case Next.ASK -> "waits for the chain";
            case Next.READ -> "waits for its database";
            case Next.STAGE -> "fetching " + next.version();
            case Next.INSTALL -> install(upgrade, next);
            case Next.SWITCH -> "upgrading to " + next.version();
            case Next.COMMIT -> watching(upgrade, next);
            case Next.GO_BACK -> "going back to " + next.version() + why;
            case Next.RETRY -> next.version() + " again" + in(next.at()) + why;
            default -> nothing(program, why);
        };
    }

    private String install(UpgradeStatus upgrade, Next next) {
        Instant at = next.at();
        String kinds =
                upgrade.obstacles().stream()
                        .map(Obstacle::kind)
                        .distinct()
                        .collect(Collectors.joining(", "));
        if (at != null) {
            return "upgrade at " + times.at(at) + " (" + kinds + "), staged";
        }
        if (!kinds.isEmpty()) {
            return "upgrade to " + next.version() + " waits (" + kinds + "), staged";
        }
        return "upgrade to "
                + next.version()
                + ", staged, "
                + (upgrade.turn() == null ? "at once" : "after " + upgrade.turn());
    }

    private String watching(UpgradeStatus upgrade, Next next) {
        String failures =
                switch (upgrade.failures()) {
                    case 0 -> "";
                    case 1 -> ", failed once";
                    default -> ", failed " + upgrade.failures() + " times";
                };
        return next.at() == null
                ? "watching " + next.version() + failures
                : "commits " + next.version() + in(next.at()) + failures;
    }

    private static String nothing(ProgramStatus program, String why) {
        ProgramStatus.Required required = program.required();
        return switch (program.decision()) {
            case "above-target" -> "nothing, above the target";
            case "held" -> (required == null ? "" : required.target() + " ") + "on hold" + why;
            default -> "nothing";
        };
    }

    private String in(@Nullable Instant at) {
        return at == null ? "" : " " + times.in(at);
    }
}

package io.visor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.Golden;
import io.visor.model.Requirement;
import io.visor.model.Version;
import io.visor.upgrade.Decision.Install;
import io.visor.upgrade.Decision.Keep;
import io.visor.upgrade.Decision.Reason;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Writes the table of decisions by asking for each of them.
final class DecisionGoldenTest {

    private static final Version TARGET = Version.of("3.0.0");

    /// What the network can want.
    private enum Network {
        UNKNOWN("not known yet", null),
        MIN_BELOW_TARGET("min 2.0.0, target 3.0.0", DecisionTest.requirement("2.0.0", "3.0.0"));

        private final String words;
        private final @Nullable Requirement requirement;

        Network(String words, @Nullable Requirement requirement) {
            this.words = words;
            this.requirement = requirement;
        }
    }

    /// Where the active version can be.
    private enum Active {
        NONE("none", null),
        BELOW_MIN("1.0.0, below min", "1.0.0"),
        MIN("2.0.0, min", "2.0.0"),
        BETWEEN("2.5.0, between min and target", "2.5.0"),
        TARGET("3.0.0, the target", "3.0.0"),
        ABOVE_TARGET("4.0.0, above the target", "4.0.0");

        private final String words;
        private final @Nullable Version version;

        Active(String words, @Nullable String version) {
            this.words = words;
            this.version = version == null ? null : Version.of(version);
        }
    }

    private static String words(Decision decision) {
        return switch (decision) {
            case Install(Move move) ->
                    "installs " + move.to() + ", " + move.urgency().name().toLowerCase(Locale.ROOT);
            case Keep(Reason reason) ->
                    "nothing: "
                            + switch (reason) {
                                case NOTHING_KNOWN -> "it is not known what the network wants";
                                case UP_TO_DATE -> "it is the target";
                                case ABOVE_TARGET -> "nothing is downgraded by itself";
                                case HELD -> "the target failed here";
                            };
        };
    }

    @Test
    void theTableIsWhatIsDecided() {
        StringBuilder table = new StringBuilder();
        table.append("| the network wants | active | visor | if the target failed here |\n");
        table.append("|---|---|---|---|\n");
        Set<Reason> reasons = EnumSet.noneOf(Reason.class);
        for (Network network : Network.values()) {
            for (Active active : Active.values()) {
                Decision free = Decision.decide(active.version, network.requirement, Set.of());
                Decision held =
                        Decision.decide(active.version, network.requirement, Set.of(TARGET));
                for (Decision decision : new Decision[] {free, held}) {
                    if (decision instanceof Keep(Reason reason)) {
                        reasons.add(reason);
                    }
                }
                table.append("| ")
                        .append(network.words)
                        .append(" | ")
                        .append(active.words)
                        .append(" | ")
                        .append(words(free))
                        .append(" | ")
                        .append(free.equals(held) ? "the same" : words(held))
                        .append(" |\n");
            }
        }
        assertThat(reasons).as("all reasons are shown").containsExactly(Reason.values());
        Golden.checkPart(Path.of("docs/decisions.md"), "decisions", table.toString());
    }
}

package io.visor.systemd.unit;

import io.visor.model.CommandLine;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A rule of polkit's that lets visor's user act on visor's units (polkit(8)).
///
/// @param user as whom visor runs
/// @param units their names, with `.service`
public record PolkitRule(String user, List<String> units) {

    /// The file name of its template.
    public static final String TEMPLATE = "visor.rules";

    private static final Set<String> PLACEHOLDERS = Set.of("quoted-user", "units", "user");

    public PolkitRule {
        units = List.copyOf(units);
    }

    /// The rule's file.
    ///
    /// @throws UnitException if the template has a placeholder that is not known
    public String render(UnitTemplate template) {
        return template.render(
                PLACEHOLDERS,
                Map.of(
                        "user",
                        user,
                        "quoted-user",
                        quoted(user),
                        "units",
                        String.join(", ", units.stream().map(PolkitRule::quoted).toList())));
    }

    /// The commands that install a rule, for root. polkit reads a new file at once, which `install`
    /// makes readable only after it has written it; so polkit is restarted.
    ///
    /// @param rule the rule's file
    public static String installing(Path rule) {
        return "install -o root -m 0644 "
                + CommandLine.join(List.of(rule.toString()))
                + " /etc/polkit-1/rules.d/50-visor.rules && systemctl restart polkit";
    }

    /// A string of JavaScript's. Names of units and users hold nothing that must be escaped but
    /// what is escaped here.
    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}

package io.visor.systemd.unit;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A unit file with `{{placeholders}}`. A line with a placeholder that has no value is left out, so
/// that one template serves for units of the system and for those of a user.
///
/// @param source where it comes from, for messages
/// @param text all of it
public record UnitTemplate(String source, String text) {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]*)}}");

    /// Puts the values in.
    ///
    /// @param known the placeholders that may stand there
    /// @param values those that have a value, as it is to be written
    /// @throws UnitException if the template has a placeholder that is not known
    String render(Set<String> known, Map<String, String> values) {
        StringBuilder out = new StringBuilder();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            Matcher matcher = PLACEHOLDER.matcher(line);
            StringBuilder rendered = new StringBuilder();
            boolean isLeftOut = false;
            while (matcher.find()) {
                String name = matcher.group(1);
                if (!known.contains(name)) {
                    throw new UnitException(
                            source
                                    + ", line "
                                    + number
                                    + ": {{"
                                    + name
                                    + "}} is not known; use {{"
                                    + String.join("}}, {{", new TreeSet<>(known))
                                    + "}}");
                }
                isLeftOut |= !values.containsKey(name);
                String value = values.getOrDefault(name, "");
                matcher.appendReplacement(rendered, Matcher.quoteReplacement(value));
            }
            matcher.appendTail(rendered);
            if (!isLeftOut) {
                out.append(rendered).append('\n');
            }
        }
        return out.toString();
    }
}

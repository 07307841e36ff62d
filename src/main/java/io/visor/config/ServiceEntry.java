package io.visor.config;

import io.visor.model.ProgramName;
import io.visor.model.ServiceName;
import java.util.Set;
import java.util.regex.Pattern;

/// An entry of `services` that stands for a systemd unit.
public sealed interface ServiceEntry {

    /// The unit's name, with `.service` behind it.
    String unit();

    /// The entry in one line, as it stands behind the dash.
    String yaml();

    /// LavaVisor's form: a generated unit of `lavap`.
    record Generated(String unit) implements ServiceEntry {

        @Override
        public String yaml() {
            return scalar(unit);
        }
    }

    /// A unit of anything else, which follows no program.
    record Plain(ServiceName name, String unit) implements ServiceEntry {

        @Override
        public String yaml() {
            return "{name: " + scalar(name.text()) + ", unit: " + scalar(unit) + "}";
        }
    }

    /// A unit that follows the upgrades of a program.
    record OfProgram(ServiceName name, String unit, ProgramName program) implements ServiceEntry {

        @Override
        public String yaml() {
            return "{name: "
                    + scalar(name.text())
                    + ", unit: "
                    + scalar(unit)
                    + ", program: "
                    + scalar(program.text())
                    + "}";
        }
    }

    /// A name, quoted where YAML would take it for something else (YAML 1.1, 10.3 and the types of
    /// yaml.org).
    private static String scalar(String name) {
        boolean plain =
                PlainNames.PATTERN.matcher(name).matches() && !PlainNames.WORDS.contains(name);
        return plain ? name : "\"" + name + "\"";
    }

    /// What needs no quotes.
    final class PlainNames {

        private static final Pattern PATTERN = Pattern.compile("[A-Za-z][A-Za-z0-9._@-]*");

        private static final Set<String> WORDS =
                Set.of(
                        "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE",
                        "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off",
                        "OFF", "y", "Y", "n", "N");

        private PlainNames() {}
    }
}

package io.visor.daemon.units;

import io.visor.model.CannotException;
import io.visor.model.Names;
import io.visor.model.Role;
import io.visor.systemd.unit.UnitFile;
import java.util.Locale;
import java.util.Optional;

/// Chooses the names of consumers' and providers' units.
final class UnitNames {

    static final String WHAT = "create the unit";
    static final String SUFFIX = ".service";

    /// Reads a unit by its name with `.service`, if there is one.
    @FunctionalInterface
    interface Units {
        Optional<UnitFile> read(String unit);
    }

    private UnitNames() {}

    /// The name, without `.service`: `<key>-<chain>` as LavaVisor has it. A consumer and a provider
    /// of one key and one chain would share it: the second is told apart by its role.
    ///
    /// @throws CannotException if the name is another unit's, or cannot be one's
    static String ofLavap(Units units, String from, String chain, Role role) {
        String plain = from + "-" + chain;
        String told = plain + "-" + role.name().toLowerCase(Locale.ROOT);
        checkName(told + SUFFIX);
        if (units.read(told + SUFFIX).filter(unit -> isOf(unit, from, role)).isPresent()) {
            return told;
        }
        Optional<UnitFile> present = units.read(plain + SUFFIX);
        if (present.isEmpty() || isOf(present.get(), from, role)) {
            return plain;
        }
        boolean isOfTheOtherRole =
                present.get()
                        .role()
                        .filter(other -> other != role && isOf(present.get(), from, other))
                        .isPresent();
        if (!isOfTheOtherRole) {
            throw taken(plain);
        }
        if (units.read(told + SUFFIX).isPresent()) {
            throw taken(told);
        }
        return told;
    }

    private static boolean isOf(UnitFile unit, String from, Role role) {
        return unit.role().filter(role::equals).isPresent()
                && unit.flag("--from").filter(from::equals).isPresent();
    }

    private static CannotException taken(String name) {
        return CannotException.untilChanged(
                WHAT,
                name
                        + SUFFIX
                        + " is there already, for something else; take that one away, or use a key"
                        + " of another name");
    }

    /// Checks what is to be a unit's name.
    static void checkName(String unit) {
        if (!Names.isName(unit)) {
            throw CannotException.untilChanged(
                    WHAT, "\"" + unit + "\" is no name of a unit: " + Names.RULE);
        }
    }
}

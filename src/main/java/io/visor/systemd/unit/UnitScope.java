package io.visor.systemd.unit;

/// Which systemd keeps a unit.
public sealed interface UnitScope {

    /// That of the machine.
    ///
    /// @param user whom the process belongs to
    record OfSystem(String user) implements UnitScope {}

    /// That of the user who calls visor (`systemctl --user`), as whom the process runs.
    record OfUser() implements UnitScope {}

    /// What wants the unit when it is enabled.
    default String target() {
        return switch (this) {
            case OfSystem _ -> "multi-user.target";
            case OfUser _ -> "default.target";
        };
    }
}

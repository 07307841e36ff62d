package io.visor.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A binary with a version authority and a release source.
///
/// @param name its name in visor
/// @param binary the file name of the binary
/// @param role which of the chain's versions binds it; null: what its services play
/// @param release where its releases come from
/// @param upgrade how it is upgraded
/// @param stop how its services are asked to end, unless they say otherwise
public record ProgramSpec(
        ProgramName name,
        String binary,
        @Nullable Role role,
        ReleaseSpec release,
        UpgradePolicy upgrade,
        StopPolicy stop) {

    public ProgramSpec withUpgrade(UpgradePolicy newUpgrade) {
        return new ProgramSpec(name, binary, role, release, newUpgrade, stop);
    }

    public ProgramSpec withRelease(ReleaseSpec newRelease) {
        return new ProgramSpec(name, binary, role, newRelease, upgrade, stop);
    }

    /// Which of the chain's versions binds it, if some services run.
    public Role roleAmong(List<ServiceSpec> services) {
        if (role != null) {
            return role;
        }
        return services.stream()
                .filter(service -> name.equals(service.program()))
                .map(service -> Role.ofCommand(service.command()))
                .reduce(Role::and)
                .orElse(Role.BOTH);
    }

    /// Whether a word of a command means this program's binary: its name, or a path that ends in
    /// it.
    public boolean isNamedBy(String word) {
        return word.equals(binary) || word.endsWith("/" + binary);
    }

    /// Whether a command starts this program's binary.
    public boolean isStartedBy(List<String> command) {
        return !command.isEmpty() && isNamedBy(command.getFirst());
    }
}

package io.visor.daemon.doctor;

import java.util.List;

/// All checks, in the order in which they are told.
public final class Doctor {

    private static final List<Check> CHECKS =
            List.of(
                    new LauncherCheck(),
                    new SystemdCheck(),
                    new ConfigCheck(),
                    new LinkCheck(),
                    new UnitsCheck(),
                    new PolkitCheck());

    private Doctor() {}

    /// Looks at a host.
    public static List<Finding> examine(Host host) {
        return CHECKS.stream().flatMap(check -> check.run(host).stream()).toList();
    }
}

package io.visor.daemon.doctor;

import java.util.List;

/// Looks at one part of a host, and changes nothing.
sealed interface Check
        permits ConfigCheck, LauncherCheck, LinkCheck, PolkitCheck, SystemdCheck, UnitsCheck {

    /// What there is to say, the gravest first or in the order of the host; never empty.
    List<Finding> run(Host host);
}

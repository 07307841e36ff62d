package io.visor.daemon.doctor;

import java.util.List;

/// Whether systemd runs this machine.
record SystemdCheck() implements Check {

    private static final String SUBJECT = "systemd";

    @Override
    public List<Finding> run(Host host) {
        if (host.hasSystemd()) {
            return List.of(new Finding.Fine(SUBJECT, "systemd runs this machine"));
        }
        List<String> units = host.listedUnits();
        return List.of(
                units.isEmpty()
                        ? new Finding.Note(
                                SUBJECT,
                                "systemd does not run this machine; visor runs services as its own"
                                        + " children",
                                "")
                        : new Finding.Wrong(
                                SUBJECT,
                                "systemd does not run this machine, so the units in config.yml"
                                        + " cannot run: "
                                        + String.join(", ", units),
                                "write each as a service with a command: docs/configuration.md"));
    }
}

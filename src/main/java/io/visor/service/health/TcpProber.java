package io.visor.service.health;

import io.visor.model.HealthSpec;
import io.visor.net.NetException;
import io.visor.net.Tcp;
import java.time.Duration;

/// Asks whether a connection is accepted.
final class TcpProber implements Prober {

    private final HealthSpec.Tcp probe;

    TcpProber(HealthSpec.Tcp probe) {
        this.probe = probe;
    }

    @Override
    public Answer ask(Duration limit) {
        try {
            Tcp.connect(probe.host(), probe.port(), limit, probe.address());
            return new Answer.Good();
        } catch (NetException e) {
            return new Answer.Bad(
                    e.kind() == NetException.Kind.TIMEOUT
                            ? Reasons.late(probe.address(), limit)
                            : e.why());
        }
    }
}

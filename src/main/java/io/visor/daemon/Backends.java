package io.visor.daemon;

import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.process.LineWatcher;
import io.visor.service.ProcessBackend;
import io.visor.service.ServiceBackend;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Has each service run by what is to run it. Nothing of systemd is loaded before there is a unit.
final class Backends implements ServiceBackend {

    private final ProcessBackend processes;
    private final Supplier<ServiceBackend> making;
    private @Nullable ServiceBackend systemd;

    /// Makes them.
    ///
    /// @param making makes what looks after units, when there is one
    Backends(ProcessBackend processes, Supplier<ServiceBackend> making) {
        this.processes = processes;
        this.making = making;
    }

    /// What looks after units. May be called by any thread.
    private synchronized ServiceBackend systemd() {
        ServiceBackend made = systemd;
        if (made == null) {
            made = making.get();
            systemd = made;
        }
        return made;
    }

    private ServiceBackend of(ServiceSpec spec) {
        return spec.unit() == null ? processes : systemd();
    }

    @Override
    public void look(List<ServiceSpec> units) throws InterruptedException {
        systemd().look(units);
    }

    @Override
    public void adopt(ServiceSpec spec, Reporter reporter) {
        of(spec).adopt(spec, reporter);
    }

    @Override
    public void prepare(ServiceSpec spec, Path binary) {
        of(spec).prepare(spec, binary);
    }

    @Override
    public void start(ServiceSpec spec, @Nullable LineWatcher watcher, Reporter reporter) {
        of(spec).start(spec, watcher, reporter);
    }

    @Override
    public void send(ServiceSpec spec, long pid, Signal signal) {
        of(spec).send(spec, pid, signal);
    }

    @Override
    public void end(ServiceSpec spec) {
        of(spec).end(spec);
    }

    @Override
    public void forget(ServiceSpec spec) {
        of(spec).forget(spec);
    }
}

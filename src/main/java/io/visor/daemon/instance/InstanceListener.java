package io.visor.daemon.instance;

import io.visor.chain.ChainEvent;
import io.visor.model.ProgramName;
import io.visor.model.ServiceSpec;
import io.visor.model.Version;
import io.visor.release.ReleaseEvent;
import io.visor.service.ServiceNotice;
import io.visor.upgrade.UpgradeNotice;

/// Told what happens in an instance. It must return soon: between the end of one process and the
/// start of the next, nothing is worth waiting for.
public interface InstanceListener {

    /// How much something matters.
    enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /// On the loop.
    void on(ServiceSpec spec, ServiceNotice notice);

    /// On the loop.
    void on(ProgramName program, UpgradeNotice notice);

    /// On any thread.
    void on(ReleaseEvent event);

    /// On the loop.
    void on(ChainEvent event);

    /// A program's services are started with this version. Before the loop begins.
    void onActive(ProgramName program, Version version);

    /// The instance has something to say. On any thread.
    ///
    /// @param subject what it is about, one word
    void say(Level level, String subject, String text);
}

package io.visor.service;

import io.visor.model.ExitStatus;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.process.LineWatcher;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What runs the processes of services. All calls, to it and from it, are made on the supervisor's
/// loop.
public interface ServiceBackend {

    /// Told what becomes of a start.
    interface Reporter {

        void onSpawned(long pid);

        void onSpawnFailed(String why);

        /// A process is gone.
        ///
        /// @param output what it wrote last
        void onExited(long pid, ExitStatus status, LastOutput output);
    }

    /// A service is about to be started with another binary than before: what can be done ahead is
    /// done now.
    ///
    /// @param binary the binary that its program will have
    /// @throws io.visor.model.VisorException if it could not be started so
    void prepare(ServiceSpec spec, Path binary);

    /// Starts a process for a service that has none. The reporter is called before this returns, or
    /// later.
    ///
    /// @param watcher is shown the lines of its output; null: nobody is
    void start(ServiceSpec spec, @Nullable LineWatcher watcher, Reporter reporter);

    /// Sends a signal to a service's process group. Nothing happens if the process is gone.
    void send(ServiceSpec spec, long pid, Signal signal);

    /// Forgets what was kept of a service that has no process: it comes back otherwise, or never.
    void forget(ServiceSpec spec);
}

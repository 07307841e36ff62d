package io.visor.service;

import io.visor.model.ExitStatus;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.process.LineWatcher;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What runs the processes of services: visor itself, or systemd for those that are units. All
/// calls, to it and from it, are made on the supervisor's loop.
public interface ServiceBackend {

    /// Told what becomes of a start.
    interface Reporter {

        void onSpawned(long pid);

        void onSpawnFailed(String why);

        /// A process is gone.
        ///
        /// @param output what it wrote last
        void onExited(long pid, ExitStatus status, LastOutput output);

        /// systemd has something to tell of a unit, asked or not.
        void onUnit(UnitReport report);

        /// A unit was started and runs, but not what it was started for.
        void onUnfit(String why);
    }

    /// Finds out where units stand, so that that is known when they are adopted. In a task.
    ///
    /// @throws io.visor.model.VisorException if there is nobody who could be asked
    void look(List<ServiceSpec> units) throws InterruptedException;

    /// Begins to look after a unit: the reporter is told where it stands, and of all that becomes
    /// of it until it is forgotten. Nothing happens for a service that is none.
    void adopt(ServiceSpec spec, Reporter reporter);

    /// A service is about to be started with another binary than before: what can be done ahead is
    /// done now.
    ///
    /// @param binary the binary that its program will have
    /// @throws io.visor.model.VisorException if it could not be started so
    void prepare(ServiceSpec spec, Path binary);

    /// Starts a process for a service that has none. The reporter is called before this returns, or
    /// later. A unit that runs already is left as it is.
    ///
    /// @param watcher is shown the lines of its output; null: nobody is
    void start(ServiceSpec spec, @Nullable LineWatcher watcher, Reporter reporter);

    /// Sends a signal to a service's process group. Nothing happens if the process is gone.
    void send(ServiceSpec spec, long pid, Signal signal);

    /// Has systemd stop a unit, in the way that the unit says; the reporter it was adopted with is
    /// told.
    void end(ServiceSpec spec);

    /// Forgets what was kept of a service that has no process: it comes back otherwise, or never. A
    /// unit goes on as it is.
    void forget(ServiceSpec spec);
}

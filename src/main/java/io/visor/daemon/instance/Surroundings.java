package io.visor.daemon.instance;

import io.visor.chain.VersionAuthority;
import io.visor.model.ProgramSpec;
import io.visor.model.ServiceSpec;
import io.visor.model.StopPolicy;
import io.visor.release.ReleaseEvent;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import io.visor.service.ActiveBinaries;
import io.visor.service.ServiceBackend;
import io.visor.service.ServiceNotice;
import io.visor.service.Supervisor;
import io.visor.store.FaultPoints;
import io.visor.store.Recorder;
import io.visor.upgrade.backup.Backups;
import io.visor.upgrade.hook.Hooks;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// What an instance runs on: a machine, or a simulated one.
public interface Surroundings {

    /// Runs the processes of services; not used before [#prepare] is done.
    ///
    /// @param binaries the binaries of services that follow a program
    ServiceBackend backend(ActiveBinaries binaries);

    /// Watches the health of processes.
    Supervisor.Monitors monitors();

    /// What says which versions are required.
    VersionAuthority authority();

    /// The versions of a program that are here.
    VersionStore store(ProgramSpec program);

    /// What brings versions of a program here.
    Stager stager(ProgramSpec program, VersionStore store, Consumer<ReleaseEvent> listener);

    /// The operator's commands that take part in the upgrades of a program.
    Hooks hooks(ProgramSpec program, VersionStore store);

    /// The copies of a program's data.
    Backups backups(ProgramSpec program);

    /// Where the database comes from.
    Recorder.Source database();

    /// Told of every step whose interruption must lose nothing.
    FaultPoints faults();

    /// Chance.
    long random();

    /// Makes everything ready for processes to be started. In a task.
    ///
    /// @throws io.visor.model.VisorException if that is not possible
    void prepare() throws InterruptedException;

    /// Makes room for the processes of services; for the loop, after [#prepare].
    void reserve(int services);

    /// Ends the processes that an earlier run of the instance has left; returns when none is left.
    /// In a task.
    ///
    /// @param policies how each service is asked to end
    void sweep(Function<String, StopPolicy> policies) throws InterruptedException;

    /// Finds out where units stand, before the backend is asked for any of them. In a task.
    ///
    /// @throws io.visor.model.VisorException if there is nobody who could be asked
    void lookAtUnits(List<ServiceSpec> units) throws InterruptedException;

    /// Makes the first upgrade as fast as later ones. In a task, when services run.
    void rehearse() throws InterruptedException;

    /// Writes down which process a service has, for [#sweep]. On the loop of records.
    void note(ServiceSpec spec, ServiceNotice notice);
}

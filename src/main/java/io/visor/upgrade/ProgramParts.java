package io.visor.upgrade;

import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import io.visor.service.Supervisor;
import io.visor.store.FaultPoints;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import io.visor.time.Task;
import io.visor.upgrade.backup.Backups;
import io.visor.upgrade.hook.Hooks;
import io.visor.upgrade.record.UpgradeRecords;
import io.visor.upgrade.record.UpgradeTables;
import java.time.Instant;
import java.util.function.Consumer;

/// What the upgrades of one program are made of.
///
/// @param shared what the programs of an instance share
/// @param spec the program
/// @param store its versions that are here
/// @param stager brings versions here
/// @param hooks the operator's commands
/// @param backups the copies of its data
record ProgramParts(
        Shared shared,
        ProgramSpec spec,
        VersionStore store,
        Stager stager,
        Hooks hooks,
        Backups backups) {

    /// What the programs of an instance share.
    ///
    /// @param loop owns everything that is not done in a task
    /// @param home tells one home and instance from another, for the spread of a fleet
    /// @param events takes events one after the other
    /// @param turns lets one program at a time be between stop and trust
    record Shared(
            Loop loop,
            Scheduler scheduler,
            Supervisor supervisor,
            ActiveVersions versions,
            UpgradeRecords records,
            FaultPoints faults,
            String home,
            UpgradeListener listener,
            Events events,
            Turns turns) {}

    /// Takes events one after the other.
    interface Events {
        void dispatch(ProgramUpgrade program, UpgradeEvent event);
    }

    /// Lets one program at a time be between stop and trust.
    interface Turns {

        /// The program waits for its turn.
        void await(ProgramUpgrade program);

        /// A program may not need its turn any more.
        void look();
    }

    ProgramName name() {
        return spec.name();
    }

    UpgradeTables tables() {
        return shared.records().tables(name());
    }

    /// Starts a task whose outcome is waited for.
    ///
    /// @param what the first word of the thread's name
    /// @param onFault told, on the task's thread, why there is no other outcome
    Task start(String what, Task.Body body, Consumer<String> onFault) {
        return AnsweredTask.start(shared.scheduler(), what + "-" + name(), body, onFault);
    }

    /// Starts a task that nobody waits for.
    ///
    /// @param what the first word of the thread's name
    void start(String what, Task.Body body) {
        Task unused = shared.scheduler().start(what + "-" + name(), body);
    }

    Instant now() {
        return shared.scheduler().clock().now();
    }
}

package io.visor.daemon.control;

import io.visor.api.InstanceStatus;
import io.visor.model.ChainSpec;
import io.visor.model.InstanceName;
import io.visor.model.ProgramName;
import io.visor.model.Role;
import io.visor.model.ServiceSpec;
import io.visor.service.Supervisor;
import io.visor.store.Recorder;
import io.visor.upgrade.Operator;
import io.visor.upgrade.Program;
import io.visor.upgrade.Standing;
import io.visor.upgrade.backup.Backups;
import java.util.List;

/// The instance that is asked. All methods are for its loop.
public interface ControlledInstance {

    /// What does not change.
    ///
    /// @param name its name
    /// @param command what it is: `visor start`
    /// @param version visor's own
    /// @param chain what is followed
    /// @param programs the programs it looks after
    record About(
            InstanceName name,
            String command,
            String version,
            ChainSpec chain,
            List<ProgramName> programs) {
        public About {
            programs = List.copyOf(programs);
        }
    }

    About about();

    InstanceStatus.Phase phase();

    /// Whether a service may be started: not before what an earlier visor left has ended, and its
    /// program's binary was verified.
    boolean mayStart(ServiceSpec spec);

    Supervisor supervisor();

    /// Whether what earlier runs have left is known, so that orders about upgrades count.
    boolean isRemembering();

    /// All that is known of a program's upgrades.
    Standing standing(ProgramName name);

    default Program program(ProgramName name) {
        return standing(name).program();
    }

    /// Which of the chain's versions bind a program.
    Role role(ProgramName name);

    /// What somebody may ask of a program's upgrades.
    Operator operator(ProgramName name);

    /// The copies of a program's data; may be asked on any thread.
    Backups backups(ProgramName name);

    /// Where everything is kept.
    Recorder recorder();
}

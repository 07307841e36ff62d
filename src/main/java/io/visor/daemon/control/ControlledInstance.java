package io.visor.daemon.control;

import io.visor.api.InstanceStatus;
import io.visor.model.ChainSpec;
import io.visor.model.InstanceName;
import io.visor.model.ProgramName;
import io.visor.model.ServiceSpec;
import io.visor.service.Supervisor;
import io.visor.upgrade.Program;
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

    Program program(ProgramName name);
}

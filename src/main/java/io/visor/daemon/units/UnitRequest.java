package io.visor.daemon.units;

import io.visor.model.ProgramName;
import io.visor.model.Role;
import io.visor.model.ServiceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a unit is asked for.
public sealed interface UnitRequest {

    /// A consumer or a provider of Lava's.
    ///
    /// @param role consumer or provider
    /// @param config its configuration file, which is copied
    /// @param from the key that it signs with; it is part of the name
    /// @param geolocation where it serves
    /// @param chainId the network that it pays on
    /// @param keyringBackend where the key is
    /// @param node a node of that network: an address with a scheme
    /// @param logLevel what it logs
    /// @param parallelConnections of a provider
    record OfLavap(
            Role role,
            Path config,
            String from,
            long geolocation,
            String chainId,
            String keyringBackend,
            String node,
            String logLevel,
            int parallelConnections)
            implements UnitRequest {}

    /// Anything else.
    ///
    /// @param name of the service; the unit is named after it
    /// @param program the program whose upgrades it follows
    /// @param command its words, as they were given
    record OfCommand(ServiceName name, Optional<ProgramName> program, List<String> command)
            implements UnitRequest {}

    /// Visor itself.
    ///
    /// @param name of the unit, without `.service`
    /// @param launcher what starts visor; an absolute path
    /// @param arguments of `visor start`
    record OfVisor(ServiceName name, Path launcher, List<String> arguments)
            implements UnitRequest {}
}

package io.visor.daemon.instance;

import io.visor.model.Home;
import io.visor.model.InstanceName;
import io.visor.model.Secret;
import io.visor.model.ServiceSpec;
import io.visor.model.VisorConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What an instance is started with.
///
/// @param home where everything is kept
/// @param name its name
/// @param mode what kind it is
/// @param config flags and `config.yml` together
/// @param services what it keeps running
/// @param command what it is, for the message that a second one gets: `visor wrap`
/// @param environment what children inherit
/// @param probes where `/livez` and the others are served; null: nowhere
/// @param keyring what the processes of Lava's program find in their standard input; null: nothing
/// @param reread reads the configuration again, or throws a
///   [VisorException][io.visor.model.VisorException]; null: it is never read again
public record InstancePlan(
        Home home,
        InstanceName name,
        Mode mode,
        VisorConfig config,
        List<ServiceSpec> services,
        String command,
        Map<String, String> environment,
        @Nullable InetSocketAddress probes,
        @Nullable Secret keyring,
        @Nullable Supplier<VisorConfig> reread) {

    /// The kinds of instances.
    public enum Mode {
        /// Keeps the services of `config.yml`, and the home's own links.
        START,
        /// Wraps one command, keeps a link of its own, and ends with the command's exit code when
        /// it gives up.
        WRAP
    }

    public InstancePlan {
        services = List.copyOf(services);
        environment = Map.copyOf(environment);
    }

    /// The folder of the instance.
    public Home.Instance folder() {
        return home.instance(name);
    }

    /// Where its links to the active binaries are.
    public Path bin() {
        return mode == Mode.START ? home.bin() : folder().bin();
    }
}

package io.visor.api;

import io.visor.json.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where an instance stands.
///
/// @param instance its name
/// @param command what it is: `visor start`, `visor wrap`
/// @param version visor's own
/// @param pid visor's own process
/// @param startedAt when it started
/// @param phase how far it is
/// @param chain what is known of the chain
/// @param programs in no particular order
/// @param services in the order of the configuration
public record InstanceStatus(
        String instance,
        String command,
        String version,
        long pid,
        @Nullable Instant startedAt,
        Phase phase,
        ChainStatus chain,
        List<ProgramStatus> programs,
        List<ServiceStatus> services) {

    /// How far an instance is.
    public enum Phase {
        /// It waits for what it needs before it starts services.
        STARTING("starting"),
        RUNNING("running"),
        /// It was asked to end.
        STOPPING("stopping");

        private final String word;

        Phase(String word) {
            this.word = word;
        }

        /// The word on the wire.
        public String word() {
            return word;
        }

        /// A phase that this version does not know is taken for running.
        static Phase of(String word) {
            return switch (word) {
                case "starting" -> STARTING;
                case "stopping" -> STOPPING;
                default -> RUNNING;
            };
        }
    }

    public InstanceStatus {
        programs = List.copyOf(programs);
        services = List.copyOf(services);
    }

    /// The record on the wire.
    public Json json() {
        return Json.object(
                "instance",
                instance,
                "command",
                command,
                "version",
                version,
                "pid",
                pid,
                "startedAt",
                Wire.time(startedAt),
                "phase",
                phase.word(),
                "chain",
                chain.json(),
                "programs",
                programs.stream().map(ProgramStatus::json).toList(),
                "services",
                services.stream().map(ServiceStatus::json).toList());
    }

    /// Reads the record.
    ///
    /// @throws io.visor.json.JsonException if it is none
    public static InstanceStatus read(Json json) {
        return new InstanceStatus(
                json.string("instance"),
                json.string("command"),
                json.string("version"),
                json.integer("pid"),
                Wire.time(json, "startedAt"),
                Phase.of(json.string("phase")),
                ChainStatus.read(json.at("chain").orElse(Json.object())),
                Wire.list(json, "programs", ProgramStatus::read),
                Wire.list(json, "services", ServiceStatus::read));
    }
}

package io.visor.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that visor is told to do: flags and `config.yml` together.
///
/// @param chain the chain that is followed
/// @param programs by name; the default program is always among them
/// @param services the managed processes, in the file's order
public record VisorConfig(
        ChainSpec chain, Map<ProgramName, ProgramSpec> programs, List<ServiceSpec> services) {

    public VisorConfig {
        programs = Map.copyOf(programs);
        services = List.copyOf(services);
    }

    /// The program that a command starts, if it is a known one.
    public Optional<ProgramSpec> programOf(List<String> command) {
        return programs.values().stream()
                .filter(program -> program.isStartedBy(command))
                .findFirst();
    }

    public ProgramSpec program(ProgramName name) {
        ProgramSpec program = programs.get(name);
        if (program == null) {
            throw new IllegalArgumentException("no program " + name);
        }
        return program;
    }
}

package io.visor.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The variables that a service gets besides visor's own.
///
/// @param variables those of the configuration itself; they go before the files'
/// @param files where others come from, absolute paths; a later one goes before an earlier one
/// @param filed those of the files
public record Environment(
        Map<String, String> variables, List<Path> files, Map<String, String> filed) {

    public static final Environment EMPTY = of(Map.of());

    public Environment {
        variables = Map.copyOf(variables);
        files = List.copyOf(files);
        filed = Map.copyOf(filed);
    }

    /// Variables without a file.
    public static Environment of(Map<String, String> variables) {
        return new Environment(variables, List.of(), Map.of());
    }

    /// All of them.
    public Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>(filed);
        all.putAll(variables);
        return all;
    }

    /// Without values, which may be secret.
    @Override
    public String toString() {
        return "Environment" + all().keySet();
    }
}

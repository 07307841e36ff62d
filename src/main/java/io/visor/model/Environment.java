package io.visor.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The variables that a service gets besides visor's own.
///
/// @param variables those of the configuration itself; they go before the file's
/// @param file where others come from; null: nowhere
/// @param filed those of the file
public record Environment(
        Map<String, String> variables, @Nullable Path file, Map<String, String> filed) {

    public static final Environment EMPTY = of(Map.of());

    public Environment {
        variables = Map.copyOf(variables);
        filed = Map.copyOf(filed);
    }

    /// Variables without a file.
    public static Environment of(Map<String, String> variables) {
        return new Environment(variables, null, Map.of());
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

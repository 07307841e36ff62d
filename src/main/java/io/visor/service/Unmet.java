package io.visor.service;

import io.visor.model.Dependency;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Something that a service waits for.
///
/// @param dependency what
/// @param obstacle why it cannot come by itself, in words; null if it may
public record Unmet(Dependency dependency, @Nullable String obstacle) {

    /// All that a service waits for, and what is in its way: `waits until db is healthy; db has
    /// failed: it exited: code 3`.
    public static String sentence(List<Unmet> unmet) {
        String what =
                unmet.stream()
                        .map(one -> one.dependency.toString())
                        .collect(Collectors.joining(" and "));
        String obstacles =
                unmet.stream()
                        .map(Unmet::obstacle)
                        .filter(Objects::nonNull)
                        .distinct()
                        .map(obstacle -> "; " + obstacle)
                        .collect(Collectors.joining());
        return "waits until " + what + obstacles;
    }

    /// Whether one of them cannot come by itself.
    public static boolean isHopeless(List<Unmet> unmet) {
        return unmet.stream().anyMatch(one -> one.obstacle != null);
    }
}

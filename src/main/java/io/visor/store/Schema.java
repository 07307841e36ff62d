package io.visor.store;

import java.util.List;

/// The tables that one part of visor owns, as the steps that lead to them. A step that has been
/// released never changes; what comes later is a further step.
///
/// @param part whose tables they are
/// @param steps each brings the tables from one version to the next: SQL statements
public record Schema(String part, List<List<String>> steps) {

    public Schema {
        steps = steps.stream().map(List::copyOf).toList();
    }
}

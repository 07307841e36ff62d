package io.visor.upgrade;

import java.util.ArrayList;
import java.util.List;

/// What follows from an event.
///
/// @param next the program after it
/// @param effects what is to be done, in order
public record Transition(Program next, List<UpgradeEffect> effects) {

    public Transition {
        effects = List.copyOf(effects);
    }

    static Transition to(Program program, UpgradeState state, List<UpgradeEffect> effects) {
        return new Transition(program.in(state), effects);
    }

    /// Nothing follows.
    static Transition same(Program program) {
        return new Transition(program, List.of());
    }

    Transition then(Transition other) {
        List<UpgradeEffect> all = new ArrayList<>(effects);
        all.addAll(other.effects);
        return new Transition(other.next, all);
    }
}

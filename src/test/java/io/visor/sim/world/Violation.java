package io.visor.sim.world;

/// A rule was broken.
public final class Violation extends AssertionError {

    private static final long serialVersionUID = 1;

    Violation(String rule, String what) {
        super(rule + ": " + what);
    }
}

package io.visor.time;

/// An action that a loop runs later.
public interface Timer {

    /// The action is not run any more, unless it has begun.
    void cancel();
}

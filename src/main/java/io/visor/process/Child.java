package io.visor.process;

import io.visor.model.Signal;

/// A started child.
public interface Child {

    /// The pid, which is also the id of the child's process group.
    long pid();

    /// Sends a signal to the child's process group. Nothing happens if the group is empty.
    void signal(Signal signal);
}

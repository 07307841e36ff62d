package io.visor.process;

import io.visor.model.Signal;
import java.util.List;

/// A started child.
public interface Child {

    /// The pid, which is also the id of the child's process group.
    long pid();

    /// Sends a signal to the child's process group. Nothing happens if the group is empty.
    void signal(Signal signal);

    /// The last lines that the child has written, as far as its output passes through visor.
    ///
    /// @param most how many at most
    List<String> lastLines(int most);
}

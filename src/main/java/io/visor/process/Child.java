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

    /// The end of what the child has written, as much as [Launch#tailBytes] says; what was cut off
    /// before it may have left a character that is not whole.
    String tail();
}

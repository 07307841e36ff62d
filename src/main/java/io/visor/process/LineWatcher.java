package io.visor.process;

/// Is shown the lines of a child's output. Standard output and standard error may be shown by
/// different threads at the same time.
public interface LineWatcher {

    /// Looks at a line. Called by the thread that carries the output of many children, so it
    /// returns soon.
    ///
    /// @param line without its end, at most [LineSplitter#MAX_LINE_BYTES] of it
    /// @return whether it wants to see more lines
    boolean onLine(String line);
}

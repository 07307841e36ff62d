package io.visor.process;

/// Is given the output of a child line by line.
@FunctionalInterface
public interface LineWatcher {

    /// A line of standard output or standard error, without its end; bytes that are not UTF-8 are
    /// replaced, and a line of more than 64 KB comes in pieces. Called on a thread that carries the
    /// output of other children too, never twice at a time for one child: it must neither block nor
    /// throw.
    void onLine(String line);
}

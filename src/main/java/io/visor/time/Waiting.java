package io.visor.time;

/// How a loop waits for its next action, where it is to be told of more than actions: what happens
/// meanwhile is run by the wait itself, on the loop's thread, without a hand-over from another one.
public interface Waiting {

    /// Waits, and runs what has happened meanwhile. Called by the loop only.
    ///
    /// @param nanos how long at most; 0: what has happened already is run, and nothing is waited
    ///   for; [Long#MAX_VALUE]: until something happens
    void await(long nanos);

    /// Ends the wait that goes on, or else the next one. May be called by any thread.
    void wake();

    /// The loop has ended: nobody waits any more.
    void ended();
}

package io.visor.time;

/// The source of all threads and timers.
public interface Scheduler {

    Clock clock();

    /// Starts a loop.
    ///
    /// @param name the thread's name
    Loop loop(String name);

    /// Starts work that may block.
    ///
    /// @param name the thread's name
    Task start(String name, Task.Body body);

    Wakeup wakeup();

    /// Tells whoever is told what tasks throw of a failure that a thread survived.
    ///
    /// @param name the thread's
    void failed(String name, Throwable failure);
}

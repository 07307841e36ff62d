package io.visor.sim.disk;

import io.visor.sim.disk.medium.Errno;
import org.jspecify.annotations.Nullable;

/// What goes wrong with an operation.
public sealed interface Fault {

    /// When it goes wrong, seen from what the operation does.
    enum Moment {
        BEFORE,
        AFTER
    }

    Moment moment();

    /// The process is told that it did not work.
    record Refusal(Errno errno, Moment moment) implements Fault {}

    /// The process dies in the middle of it ([SimFileSystem#kill]).
    record Death(Moment moment) implements Fault {}

    /// Nothing is done, and that is said.
    static Fault refuse(Errno errno) {
        return new Refusal(errno, Moment.BEFORE);
    }

    /// It is done, and the contrary is said.
    static Fault refuseAfterwards(Errno errno) {
        return new Refusal(errno, Moment.AFTER);
    }

    static Fault kill(Moment moment) {
        return new Death(moment);
    }

    /// Asked before each operation. It may also kill processes and cut the power itself, and then
    /// nothing is done for the process that asked, if it is one of those; or throw.
    @FunctionalInterface
    interface Source {
        /// What goes wrong with an operation; null: nothing.
        @Nullable Fault of(Operation operation);
    }
}

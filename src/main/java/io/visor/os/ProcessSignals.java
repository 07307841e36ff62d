package io.visor.os;

import io.visor.model.Signal;

/// Signals that ask processes to end, or kill them. One that has been stopped (SIGSTOP) goes on, so
/// that it can take what it is asked.
public final class ProcessSignals {

    /// SIGCONT, on all of Linux's machines but a few that Java does not run on (signal(7)).
    private static final int CONTINUE = 18;

    private ProcessSignals() {}

    /// What became of a signal.
    public enum Sent {
        /// At least one process has it.
        SENT,

        /// There is no such process.
        GONE,

        /// It may not be signalled: it has become another user's.
        DENIED
    }

    /// Sends a signal to every process of a group.
    ///
    /// @param leader the pid of the process that leads the group, above 1
    /// @return [Sent#DENIED] if none of its processes may be signalled
    public static Sent sendToGroup(long leader, Signal signal) {
        if (leader <= 1) {
            throw new IllegalArgumentException("no process group: " + leader);
        }
        return send0(-leader, signal);
    }

    /// Whether a group has a process, an ended one that is not reaped included.
    ///
    /// @param leader the pid of the process that leads the group, above 1
    public static boolean hasGroup(long leader) {
        Linux.Result result = Linux.kill(-leader, 0);
        return !result.failed() || result.errno() != Errno.ESRCH;
    }

    /// Sends a signal to one process.
    ///
    /// @param pid above 1
    public static Sent send(long pid, Signal signal) {
        if (pid <= 1) {
            throw new IllegalArgumentException("no process: " + pid);
        }
        return send0(pid, signal);
    }

    private static Sent send0(long target, Signal signal) {
        Linux.Result result = Linux.kill(target, signal.number());
        if (!result.failed()) {
            if (signal != Signal.KILL) {
                // Whatever keeps this one from coming has kept the other one too.
                var unused = Linux.kill(target, CONTINUE);
            }
            return Sent.SENT;
        }
        return result.errno() == Errno.ESRCH ? Sent.GONE : Sent.DENIED;
    }
}

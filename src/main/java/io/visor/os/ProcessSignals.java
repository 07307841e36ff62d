package io.visor.os;

import io.visor.model.Signal;

/// Signals to processes.
public final class ProcessSignals {

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
            return Sent.SENT;
        }
        return result.errno() == Errno.ESRCH ? Sent.GONE : Sent.DENIED;
    }
}

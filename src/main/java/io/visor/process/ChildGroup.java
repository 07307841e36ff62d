package io.visor.process;

import io.visor.model.Signal;
import io.visor.os.ProcessSignals;
import io.visor.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// The process group of a child. When its leader ends and nobody had asked for it, what is left is
/// killed, so that it does not meet the child's successor. A group that was asked to end may
/// outlive its leader, which often is only a shell, until it is killed.
///
/// The kernel gives the leader's id to no other process as long as the group has one.
final class ChildGroup {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    /// The longest pause between looks at a group that was asked to end.
    private static final Duration MAX_LOOK_AGAIN = Duration.ofMillis(20);

    /// The longest pause between `SIGKILL`s to a group that does not end by them.
    private static final Duration MAX_KILL_AGAIN = Duration.ofSeconds(1);

    /// How often it is told that what was left behind does not end by `SIGKILL`.
    private static final Duration TELL_AGAIN = Duration.ofSeconds(10);

    private final long leader;
    private final String service;
    private final Clock clock;
    private final LogListener listener;
    private boolean asked;
    private boolean killed;

    /// Its id may be another's by now.
    private boolean gone;

    ChildGroup(long leader, String service, Clock clock, LogListener listener) {
        this.leader = leader;
        this.service = service;
        this.clock = clock;
        this.listener = listener;
    }

    /// Sends a signal to all of the group, if there is any, which asks it to end.
    synchronized void signal(Signal signal) {
        if (signal == Signal.KILL) {
            killed = true;
        } else {
            asked = true;
        }
        if (!gone) {
            // A group that has become another user's is waited for, and told of as stuck.
            var unused = ProcessSignals.sendToGroup(leader, signal);
        }
    }

    /// The leader has ended.
    synchronized void leaderEnds() {
        if (killed || !asked) {
            signal(Signal.KILL);
        }
    }

    /// Whether the group has no process any more. Once that was so it is not looked at again.
    synchronized boolean isGone() {
        gone = gone || !ProcessSignals.hasGroup(leader);
        return gone;
    }

    private synchronized boolean hasTime() {
        return !killed && !isGone();
    }

    /// Waits until what the child has left has ended; kills what has no time.
    ///
    /// @param strays what has left the group; killed as soon as the group is gone or killed
    void end(Supplier<List<Long>> strays) throws InterruptedException {
        Duration pause = LOOK_AGAIN;
        while (hasTime()) {
            clock.sleep(pause);
            pause = longer(pause, MAX_LOOK_AGAIN);
        }
        pause = LOOK_AGAIN;
        Duration start = clock.monotonic();
        Duration tellAt = start.plus(TELL_AGAIN);
        for (List<Long> left = strays.get(); !isGone() || !left.isEmpty(); left = strays.get()) {
            signal(Signal.KILL);
            for (long stray : left) {
                var unused = ProcessSignals.send(stray, Signal.KILL);
            }
            clock.sleep(pause);
            pause = longer(pause, MAX_KILL_AGAIN);
            Duration now = clock.monotonic();
            if (now.compareTo(tellAt) >= 0) {
                tellAt = now.plus(TELL_AGAIN);
                listener.onStuck(service, leader, now.minus(start));
            }
        }
    }

    private static Duration longer(Duration pause, Duration most) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(most) < 0 ? doubled : most;
    }
}

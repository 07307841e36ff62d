package io.visor.service;

import io.visor.model.ExitStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What became of a unit since the last report, and where it stands now.
///
/// @param standing where it stands
/// @param end how the process ended that ran at the last report, or that came and went since; null
///   if none did
public record UnitReport(Standing standing, @Nullable End end) {

    /// How a unit's process ended.
    ///
    /// @param pid which
    /// @param status how
    /// @param asked whether systemd had asked it to, as it does when a unit is stopped
    /// @param ran how long it ran; null if systemd does not tell
    /// @param ago how long ago it ended; null if systemd does not tell
    /// @param output what it wrote last
    public record End(
            long pid,
            ExitStatus status,
            boolean asked,
            @Nullable Duration ran,
            @Nullable Duration ago,
            LastOutput output) {}

    /// Where a unit stands, in the words of systemctl(1).
    public sealed interface Standing {}

    /// `active`, with a process.
    ///
    /// @param pid its main process
    /// @param age how long ago that was started
    /// @param isBoots whether it was the boot that started it, before visor first looked at it or
    ///   since: nobody has done so by hand after visor had stopped it
    public record Up(long pid, Duration age, boolean isBoots) implements Standing {}

    /// `activating`.
    ///
    /// @param isBoots as in [Up]
    public record Coming(boolean isBoots) implements Standing {}

    /// `activating (auto-restart)`: systemd waits before it starts it again.
    ///
    /// @param attempt how many restarts in a row this is, from 1
    /// @param delay until then
    /// @param why how the last process ended, in words
    /// @param isBoots as in [Up]
    public record Restarting(int attempt, Duration delay, String why, boolean isBoots)
            implements Standing {}

    /// `deactivating`.
    public record Going() implements Standing {}

    /// `inactive`, and nobody wants it so: it may be started.
    public record Idle() implements Standing {}

    /// `inactive`, because its process has ended by itself and systemd does not restart it.
    ///
    /// @param code its exit code
    public record Done(int code) implements Standing {}

    /// `inactive` by somebody else's hand: it is not visor's to start.
    ///
    /// @param why in words, with what to do
    public record LeftAlone(String why) implements Standing {}

    /// `failed`: systemd has given it up.
    ///
    /// @param why in words
    /// @param status how its last process ended; null if it had none
    public record Broken(String why, @Nullable ExitStatus status) implements Standing {}

    /// systemd has no such unit, or cannot read it.
    ///
    /// @param why in words
    public record Absent(String why) implements Standing {}
}

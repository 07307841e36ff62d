package io.visor.systemd;

import io.visor.os.MonotonicTime;
import io.visor.os.OsException;
import io.visor.os.UnixDatagram;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Tells the systemd that runs visor how visor does (sd_notify(3), `Type=notify`).
public final class ServiceNotifier {

    /// The variables that are meant for visor alone: what visor starts does not get them.
    public static final Set<String> VARIABLES =
            Set.of("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC");

    private final String socket;
    private final Optional<Duration> watchdog;
    private final Consumer<String> trouble;
    private boolean isTold;

    private ServiceNotifier(String socket, Optional<Duration> watchdog, Consumer<String> trouble) {
        this.socket = socket;
        this.watchdog = watchdog;
        this.trouble = trouble;
    }

    /// What an environment asks for.
    ///
    /// @param pid visor's own
    /// @param trouble told once if nothing can be sent; on the caller's thread
    /// @return nothing if nobody wants to be told
    public static Optional<ServiceNotifier> of(
            Map<String, String> environment, long pid, Consumer<String> trouble) {
        String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
        return socket.isEmpty()
                ? Optional.empty()
                : Optional.of(new ServiceNotifier(socket, watchdog(environment, pid), trouble));
    }

    private static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        String meant = environment.getOrDefault("WATCHDOG_PID", "");
        boolean isForUs = meant.isEmpty() || meant.equals(String.valueOf(pid));
        return isForUs && micros.matches("[1-9][0-9]{0,17}")
                ? Optional.of(
                        Duration.ofNanos(
                                Math.min(Long.parseLong(micros), Long.MAX_VALUE / 1000) * 1000))
                : Optional.empty();
    }

    /// How long systemd waits for [#alive] before it takes visor for dead; nothing if it does not.
    public Optional<Duration> watchdog() {
        return watchdog;
    }

    /// Visor does what it is for; also after [#reloading].
    public void ready() {
        send("READY=1");
    }

    /// What visor is at.
    public void status(String text) {
        send("STATUS=" + text.replace('\n', ' '));
    }

    /// Visor reads its configuration again.
    public void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + MonotonicTime.now().toNanos() / 1000);
    }

    public void stopping() {
        send("STOPPING=1");
    }

    /// The watchdog need not bark.
    public void alive() {
        send("WATCHDOG=1");
    }

    /// What cannot be sent is not missed by visor, only by systemd, which acts on that itself.
    private void send(String text) {
        try {
            UnixDatagram.send(socket, text);
        } catch (OsException | IllegalArgumentException e) {
            if (!isTold) {
                isTold = true;
                trouble.accept("cannot tell systemd how visor does: " + e.getMessage());
            }
        }
    }
}

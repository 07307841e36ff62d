package io.visor.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceNotifierTest {

    /// Prints a line when it listens, and then each datagram as one line.
    private static final String RECEIVER =
            """
            import socket, sys
            name = sys.argv[1]
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind('\\0' + name[1:] if name.startswith('@') else name)
            print('listening', flush=True)
            while True:
                print(s.recv(4096).decode().replace('\\n', '|'), flush=True)
            """;

    @TempDir Path directory;

    private final List<String> troubles = new ArrayList<>();

    private ServiceNotifier notifier(String socket) {
        return ServiceNotifier.of(Map.of("NOTIFY_SOCKET", socket), 7, troubles::add).orElseThrow();
    }

    private void tellsAllTo(String socket) throws Exception {
        Process receiver = new ProcessBuilder("python3", "-c", RECEIVER, socket).start();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(receiver.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("listening");
            ServiceNotifier notifier = notifier(socket);
            notifier.ready();
            notifier.status("lavap 1.0.0 → 1.1.0:\nwatching");
            notifier.reloading();
            notifier.alive();
            notifier.stopping();
            assertThat(lines.readLine()).isEqualTo("READY=1");
            assertThat(lines.readLine()).isEqualTo("STATUS=lavap 1.0.0 → 1.1.0: watching");
            assertThat(lines.readLine()).matches("RELOADING=1\\|MONOTONIC_USEC=[0-9]+");
            assertThat(lines.readLine()).isEqualTo("WATCHDOG=1");
            assertThat(lines.readLine()).isEqualTo("STOPPING=1");
            assertThat(troubles).isEmpty();
        } finally {
            receiver.destroyForcibly();
            receiver.waitFor();
        }
    }

    @Test
    void tellsASocketInAFolder() throws Exception {
        tellsAllTo(directory.resolve("notify").toString());
    }

    @Test
    void tellsAnAbstractSocket() throws Exception {
        tellsAllTo("@visor-test-" + ProcessHandle.current().pid());
    }

    @Test
    void nobodyWhoWantsToBeToldIsTold() {
        assertThat(ServiceNotifier.of(Map.of(), 7, troubles::add)).isEmpty();
        assertThat(ServiceNotifier.of(Map.of("NOTIFY_SOCKET", ""), 7, troubles::add)).isEmpty();
    }

    @Test
    void theWatchdogIsForTheProcessThatItNames() {
        Map<String, String> environment = Map.of("NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "3000000");
        assertThat(watchdog(environment)).isEqualTo(Duration.ofSeconds(3));
        Map<String, String> ours =
                Map.of("NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "3000000", "WATCHDOG_PID", "7");
        assertThat(watchdog(ours)).isEqualTo(Duration.ofSeconds(3));
        Map<String, String> others =
                Map.of("NOTIFY_SOCKET", "/x", "WATCHDOG_USEC", "3000000", "WATCHDOG_PID", "8");
        assertThat(watchdog(others)).isEqualTo(Duration.ZERO);
    }

    private Duration watchdog(Map<String, String> environment) {
        return ServiceNotifier.of(environment, 7, troubles::add)
                .orElseThrow()
                .watchdog()
                .orElse(Duration.ZERO);
    }

    @Test
    void aSocketThatIsNotThereIsSaidOnce() {
        ServiceNotifier notifier = notifier(directory.resolve("nowhere").toString());
        notifier.ready();
        notifier.alive();
        assertThat(troubles).hasSize(1);
        assertThat(troubles.getFirst()).startsWith("cannot tell systemd how visor does: ");
        notifier("relative").ready();
        assertThat(troubles).hasSize(2);
    }
}

package io.visor.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A configuration that `visor start` is asked to read again.
final class ReloadIT extends OnHome {

    @Test
    void aReloadTouchesOnlyWhatChanged() throws Exception {
        config(
                """
                services:
                  - {name: same, command: sleep 1000}
                  - {name: changed, command: sleep 1000}
                  - {name: gone, command: sleep 1000}
                """);
        try (Visor visor = startVisor()) {
            long same = pid(visor, "same");
            long changed = pid(visor, "changed");
            long gone = pid(visor, "gone");
            config("services:\n  - {name: same, comand: x}\n");
            visor.signal("HUP");
            visor.awaitErr("cannot reload .*config.yml: 2 problems; nothing is changed");
            assertThat(isAlive(gone)).isTrue();
            config(
                    """
                    services:
                      - {name: changed, command: sleep 2000}
                      - {name: same, command: sleep 1000}
                      - {name: added, command: sleep 1000}
                    """);
            visor.signal("HUP");
            visor.awaitErr("configuration reloaded: 3 services");
            pid(visor, "added");
            await().until(() -> !isAlive(gone) && !isAlive(changed));
            await().until(() -> pid(visor, "changed") != changed);
            assertThat(isAlive(same)).isTrue();
        }
    }

    /// As systemd is to be told (sd_notify(3)): a reload is over in no time, and told all the same.
    @Test
    void aReloadIsToldToWhoeverStartsVisor() throws Exception {
        config("services: [{name: a, command: sleep 1000}]\n");
        Path socket = home.resolve("notify");
        Path told = home.resolve("told");
        Process receiver =
                new ProcessBuilder("python3", "-c", RECEIVER, socket.toString())
                        .redirectOutput(told.toFile())
                        .start();
        try {
            await().until(() -> Files.exists(socket));
            try (Visor visor =
                    place.with("NOTIFY_SOCKET", socket.toString()).start(startOnHome())) {
                await().until(() -> Files.readString(told).contains("READY=1"));
                visor.signal("HUP");
                await().until(() ->
                        Files.readString(told).matches("(?s).*READY=1.*RELOADING=1.*READY=1.*"));
            }
            assertThat(Files.readString(told)).contains("STOPPING=1");
        } finally {
            receiver.destroyForcibly();
            receiver.waitFor();
        }
    }

    private static final String RECEIVER =
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1])
            while True:
                print(s.recv(4096).decode(), flush=True)
            """;

    /// A file that was being replaced had all services stopped.
    @Test
    void aReloadWhileTheFileIsGoneOrEmptyStopsNothing() throws Exception {
        config("services: [{name: a, command: sleep 1000}]\n");
        try (Visor visor = startVisor()) {
            long a = pid(visor, "a");
            config("");
            visor.signal("HUP");
            visor.awaitErr("cannot reload: the configuration lists no services any more");
            Files.delete(home.resolve(".lavavisor/config.yml"));
            visor.signal("HUP");
            await().until(() -> visor.err().split("cannot reload: the", -1).length == 3);
            config("services: [{name: b, command: sleep 1000}, {name: a, command: sleep 1000}]\n");
            visor.signal("HUP");
            visor.awaitErr("configuration reloaded: 2 services");
            assertThat(pid(visor, "a")).isEqualTo(a);
        }
    }

    @Test
    void underNohupAReloadIsSaidToBeImpossibleAndDoesNotHappen() throws Exception {
        config("services: [{name: a, command: sleep 1000}]\n");
        List<String> command = new ArrayList<>(List.of("nohup", Visor.BIN.toString()));
        command.addAll(List.of(startOnHome()));
        try (Visor visor = place.start(command)) {
            visor.awaitErr("warn  visor    SIGHUP is ignored, as nohup has it: ");
            long a = pid(visor, "a");
            config("services: [{name: b, command: sleep 1000}]\n");
            visor.signal("HUP");
            visor.awaitErr("the chain has not answered within 5s");
            assertThat(visor.err())
                    .containsOnlyOnce("SIGHUP is ignored")
                    .doesNotContain("reloaded")
                    .doesNotContain("b runs");
            assertThat(isAlive(a)).isTrue();
        }
    }
}

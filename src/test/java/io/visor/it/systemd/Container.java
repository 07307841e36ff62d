package io.visor.it.systemd;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A machine of its own with a real systemd: systemd-nspawn boots this machine's files, over which
/// it writes into memory. After a reboot (the code 133 of systemd-nspawn(1)) it is booted again.
/// Its mounts are in a mount namespace of its own, and a shell that waits for the end of this
/// process ends it, so that nothing of it stays, however the tests end.
final class Container implements AutoCloseable {

    /// What starts the visor that was built, in the container. It is not where it was built: units
    /// have a `/tmp` of their own, and a project may stand there.
    static final String VISOR = "/opt/visor/bin/visor";

    private static final Path BUILT = Path.of("target/visor").toAbsolutePath();

    /// Whether a file system can be mounted over that of this machine; in a namespace of its own.
    private static final String TRIAL =
            """
            set -eu
            mount -t tmpfs tmpfs /mnt
            mkdir /mnt/up /mnt/work /mnt/root
            mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/up,workdir=/mnt/work /mnt/root
            """;

    private static final String BOOT =
            """
            set -eu
            mount -t tmpfs -o size=2g,mode=755 tmpfs "$1"
            mkdir "$1/up" "$1/work" "$1/root"
            mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root"
            tr -d - </proc/sys/kernel/random/uuid >"$1/root/etc/machine-id"
            rm -rf "$1"/root/etc/systemd/system/*.wants "$1/root/var/log/journal"
            exec 3<&0
            ( read -r end <&3 || true
              touch "$1.over"
              nspawn=$(cat "$1.pid")
              # The first process takes all others of the container with it.
              kill -KILL $(cat "/proc/$nspawn/task/$nspawn/children") "$nspawn" || true ) &
            code=133
            while [ "$code" = 133 ] && ! [ -e "$1.over" ]; do
                systemd-nspawn --quiet --directory="$1/root" --boot --register=no --keep-unit \
                    --private-network --machine=visor-it --hostname=visor-it \
                    --console=read-only --bind-ro="$2:/opt/visor" </dev/null >>"$3" 2>&1 3<&- &
                echo $! >"$1.pid"
                code=0
                wait $! || code=$?
            done
            """;

    private final Path mount;
    private final Path console;
    private final Process shell;
    private long init;

    /// What a command in the container gave.
    record Result(int code, String out) {

        /// The output of a command that must not fail.
        String ok() {
            if (code != 0) {
                throw new AssertionError("code " + code + ": " + out);
            }
            return out;
        }
    }

    /// Why there can be no container here.
    ///
    /// @return nothing if there can
    static Optional<String> obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("only root can boot a systemd");
        }
        return Stream.of("/usr/bin/systemd-nspawn", "/lib/systemd/systemd", "/usr/bin/nsenter")
                .filter(file -> !Files.exists(Path.of(file)))
                .findFirst()
                .map(file -> file + " is not here; apt-get install systemd-container dbus")
                .or(Container::mounting);
    }

    /// Root in a container may not be allowed to mount.
    private static Optional<String> mounting() {
        try {
            Process trial =
                    new ProcessBuilder("unshare", "--mount", "sh", "-c", TRIAL)
                            .redirectErrorStream(true)
                            .start();
            String said = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return trial.waitFor() == 0
                    ? Optional.empty()
                    : Optional.of("nothing can be mounted over this machine's files: " + said);
        } catch (IOException e) {
            return Optional.of(e.toString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Boots it.
    ///
    /// @param directory where its files are mounted, in its own namespace
    Container(Path directory) throws IOException {
        mount = Files.createDirectories(directory.resolve("machine"));
        console = directory.resolve("console.log");
        shell =
                new ProcessBuilder(
                                "unshare",
                                "--mount",
                                "--propagation",
                                "private",
                                "sh",
                                "-c",
                                BOOT,
                                "boot",
                                mount.toString(),
                                BUILT.toString(),
                                console.toString())
                        .redirectOutput(directory.resolve("shell.log").toFile())
                        .redirectErrorStream(true)
                        .start();
        awaitBoot(0);
    }

    private void awaitBoot(long before) {
        await("the container's first process")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (!shell.isAlive()) {
                        throw new AssertionError("the container has ended: " + log());
                    }
                    init = init();
                    return init != 0 && init != before && isUp();
                });
    }

    /// The container's first process is the child of nspawn.
    private long init() throws IOException {
        Path file = Path.of(mount + ".pid");
        if (!Files.exists(file)) {
            return 0;
        }
        String nspawn = Files.readString(file).strip();
        return nspawn.isEmpty()
                ? 0
                : ProcessHandle.of(Long.parseLong(nspawn)).stream()
                        .flatMap(ProcessHandle::children)
                        .mapToLong(ProcessHandle::pid)
                        .findFirst()
                        .orElse(0);
    }

    private boolean isUp() {
        Result result = run("systemctl", "is-system-running");
        return result.out().strip().equals("running") || result.out().strip().equals("degraded");
    }

    private String log() {
        try {
            return Files.readString(mount.resolveSibling("shell.log"))
                    + (Files.exists(console) ? Files.readString(console) : "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a command in it.
    Result run(String... words) {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        // A group of its own: a kill of 0 in there would reach everything in ours.
                        "setsid",
                        "--wait",
                        "nsenter",
                        "-t",
                        String.valueOf(init),
                        "-m",
                        "-p",
                        "-u",
                        "-i",
                        "-n",
                        "env",
                        "-i",
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOME=/root",
                        "LC_ALL=C.UTF-8",
                        "XDG_RUNTIME_DIR=/run/user/0"));
        command.addAll(List.of(words));
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectInput(new java.io.File("/dev/null"))
                            .redirectErrorStream(true)
                            .start();
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Runs a line of shell in it, which must not fail.
    String sh(String line) {
        return run("sh", "-c", line).ok();
    }

    /// Writes a file in it.
    void write(String file, String text) {
        try {
            Process process =
                    new ProcessBuilder(
                                    "nsenter",
                                    "-t",
                                    String.valueOf(init),
                                    "-m",
                                    "sh",
                                    "-c",
                                    "mkdir -p \"$(dirname \"$1\")\" && cat >\"$1\"",
                                    "write",
                                    file)
                            .redirectErrorStream(true)
                            .start();
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError("cannot write " + file + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// One property of a unit.
    String show(String unit, String property) {
        return run("systemctl", "show", "--value", "--property=" + property, unit).ok().strip();
    }

    /// Boots it anew; its files stay.
    void reboot() {
        long before = init;
        Result unused = run("systemctl", "reboot");
        awaitBoot(before);
    }

    @Override
    public void close() throws IOException {
        shell.getOutputStream().close();
        try {
            if (!shell.waitFor(20, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.visor.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.time.Clock;
import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunningBinaryTest {

    @TempDir Path directory;

    private final Clock clock =
            new SystemScheduler((_, failure) -> failure.printStackTrace()).clock();
    private final List<Process> processes = new ArrayList<>();
    private Path binary;
    private Path link;

    @BeforeEach
    void install() throws IOException {
        binary = directory.resolve("lavap");
        Files.copy(Path.of("/bin/sleep"), binary, StandardCopyOption.COPY_ATTRIBUTES);
        link = Files.createSymbolicLink(directory.resolve("link"), binary);
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    private long start(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        processes.add(process);
        return process.pid();
    }

    private static Path script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aProcessThatWasStartedByTheLinkRunsTheBinary() throws Exception {
        long pid = start(link.toString(), "1000");
        assertThat(RunningBinary.otherThan(binary, pid, clock)).isEmpty();
    }

    @Test
    void anotherFileIsNamed() throws Exception {
        long pid = start("/bin/sleep", "1000");
        assertThat(RunningBinary.otherThan(binary, pid, clock))
                .isEqualTo(Optional.of(Path.of("/bin/sleep").toRealPath().toString()));
    }

    @Test
    void theVersionBeforeThatWasDeletedIsAnotherFile() throws Exception {
        long pid = start(link.toString(), "1000");
        Files.delete(binary);
        Files.copy(Path.of("/bin/sleep"), binary, StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(RunningBinary.otherThan(binary, pid, clock)).isPresent();
    }

    @Test
    void aScriptOfTheOperatorsMayStartIt() throws Exception {
        Path wrapper = script(directory.resolve("wrapper"), link + " 1000\nexit 0\n");
        long pid = start(wrapper.toString());
        await().until(() -> ProcessHandle.of(pid).orElseThrow().children().findAny().isPresent());
        assertThat(RunningBinary.otherThan(binary, pid, clock)).isEmpty();
    }

    @Test
    void ofAProgramThatIsAScriptNothingCanBeTold() throws Exception {
        Path program = script(directory.resolve("program"), "exec sleep 1000\n");
        long pid = start(program.toString());
        assertThat(RunningBinary.isScript(program)).isTrue();
        assertThat(RunningBinary.isScript(binary)).isFalse();
        assertThat(RunningBinary.otherThan(program, pid, clock)).isEmpty();
    }

    @Test
    void ofAProcessThatIsGoneNothingIsSaid() throws Exception {
        long pid = start("/bin/true");
        processes.getFirst().waitFor();
        assertThat(RunningBinary.otherThan(binary, pid, clock)).isEmpty();
    }
}

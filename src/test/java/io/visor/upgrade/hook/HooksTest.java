package io.visor.upgrade.hook;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.AdmissionPolicy;
import io.visor.model.Hook;
import io.visor.model.Hook.Point;
import io.visor.model.Lavap;
import io.visor.model.RollbackPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.process.ChildTable;
import io.visor.process.ShortCommand;
import io.visor.time.SystemScheduler;
import io.visor.upgrade.Move;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.hook.HookResult.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Hooks as real processes.
final class HooksTest {

    private static final Move MOVE =
            new Move(Version.of("1.0.0"), Version.of("1.1.0"), Urgency.RECOMMENDED);

    @TempDir private Path directory;

    private Hook sh(String script, int retries) {
        return new Hook(
                List.of("/bin/sh", "-c", script, "hook"),
                directory,
                Duration.ofSeconds(20),
                retries);
    }

    private Hooks hooks(Map<Point, Hook> hooks, @Nullable Hook check) {
        UpgradePolicy policy =
                new UpgradePolicy(
                        UpgradePolicy.Auto.TRUE,
                        Duration.ZERO,
                        Duration.ZERO,
                        RollbackPolicy.AUTO,
                        AdmissionPolicy.DEFAULT,
                        hooks,
                        check,
                        null);
        return new Hooks(
                Lavap.NAME,
                Lavap.BINARY,
                policy,
                version -> directory.resolve("v" + version).resolve("lavap"),
                new Hooks.Runner(
                        new ShortCommand(new ChildTable()),
                        new SystemScheduler(
                                        (name, failure) -> {
                                            throw new AssertionError(name, failure);
                                        })
                                .clock(),
                        Map.of("PATH", "/usr/bin:/bin", "OWN", "kept"),
                        directory.resolve(".lavavisor"),
                        "start"));
    }

    private HookResult run(Hook hook) throws InterruptedException {
        return hooks(Map.of(Point.PRE_UPGRADE, hook), null)
                .run(Point.PRE_UPGRADE, MOVE, 42, "")
                .orElseThrow();
    }

    private Path binary(String script) throws Exception {
        Path binary = directory.resolve("v1.1.0/lavap");
        Files.createDirectories(binary.getParent());
        Files.writeString(binary, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwx------"));
        return binary;
    }

    @ParameterizedTest
    @CsvSource({"0,GO", "1,FAILED", "21,NOT_NOW", "30,FAILED", "31,FAILED", "77,FAILED"})
    void theExitCodeSaysWhatFollows(int code, Verdict verdict) throws Exception {
        HookResult result = run(sh("echo done; exit " + code, 0));
        assertThat(result.verdict()).isEqualTo(verdict);
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.output()).isEqualTo("done\n");
        assertThat(result.why().isEmpty()).isEqualTo(verdict == Verdict.GO);
    }

    @Test
    void anEndByASignalIsAFailure() throws Exception {
        HookResult result = run(sh("kill -9 $$", 0));
        assertThat(result.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(result.why()).contains("SIGKILL");
    }

    @Test
    void theProgramsOwnPreUpgradeMayBeMissing() throws Exception {
        binary("echo \"$@\"; exit 1");
        HookResult result =
                run(
                        new Hook(
                                List.of("lavap", "pre-upgrade"),
                                directory,
                                Duration.ofSeconds(20),
                                0));
        assertThat(result.verdict()).isEqualTo(Verdict.GO);
        assertThat(result.output()).isEqualTo("pre-upgrade\n");
    }

    @Test
    void code31IsTriedAgain() throws Exception {
        HookResult result =
                run(sh("echo x >> tries; [ $(wc -l < tries) -ge 3 ] && exit 0; exit 31", 3));
        assertThat(result.verdict()).isEqualTo(Verdict.GO);
        assertThat(Files.readAllLines(directory.resolve("tries"))).hasSize(3);
    }

    @Test
    void itIsToldWhatHappens() throws Exception {
        HookResult result = run(sh("echo \"$1 $2\"; env | grep -E '^(VISOR_[^C]|OWN)' | sort", 0));
        String home = directory.toString();
        assertThat(result.output())
                .isEqualTo(
                        """
                        1.1.0 42
                        OWN=kept
                        VISOR_DIRECTORY=%s
                        VISOR_HOOK=pre-upgrade
                        VISOR_INSTANCE=start
                        VISOR_UPGRADE_ATTEMPT=1
                        VISOR_UPGRADE_BINARY=%s/v1.1.0/lavap
                        VISOR_UPGRADE_FROM=1.0.0
                        VISOR_UPGRADE_HEIGHT=42
                        VISOR_UPGRADE_OLD_BINARY=%s/v1.0.0/lavap
                        VISOR_UPGRADE_PROGRAM=lavap
                        VISOR_UPGRADE_TO=1.1.0
                        VISOR_UPGRADE_URGENCY=recommended
                        VISOR_UPGRADE_WHY=
                        """
                                .formatted(home, home, home));
    }

    @Test
    void oneThatTakesTooLongIsKilled() throws Exception {
        HookResult result =
                run(
                        new Hook(
                                List.of("/bin/sh", "-c", "sleep 100"),
                                directory,
                                Duration.ofMillis(200),
                                0));
        assertThat(result.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(result.why()).contains("did not end within 200ms");
    }

    @Test
    void oneThatCannotBeStartedIsAFailure() throws Exception {
        HookResult result =
                run(new Hook(List.of("/no/such/hook"), directory, Duration.ofSeconds(1), 0));
        assertThat(result.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(result.why()).contains("/no/such/hook");
    }

    @Test
    void muchOutputIsCut() throws Exception {
        HookResult result = run(sh("yes | head -c 100000", 0));
        assertThat(result.output()).hasSize(10 << 10);
    }

    @Test
    void withoutAHookNothingRuns() throws Exception {
        assertThat(hooks(Map.of(), null).run(Point.POST_STOP, MOVE, 1, "")).isEmpty();
    }

    @Test
    void aCheckThatFailsSaysWhatItSaidLast() throws Exception {
        assertThat(hooks(Map.of(), sh("exit 0", 0)).check(MOVE, 1)).isEmpty();
        assertThat(
                        hooks(Map.of(), sh("echo first; echo no such database; exit 3", 0))
                                .check(MOVE, 1))
                .isEqualTo(Optional.of("check ended with code 3: \"no such database\""));
    }
}

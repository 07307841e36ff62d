package io.visor.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.ExitStatus;
import io.visor.model.HealthSpec;
import io.visor.model.ProcessSpec;
import io.visor.model.ProgramName;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.UnitName;
import io.visor.process.CommandRunner;
import io.visor.service.ActiveBinaries;
import io.visor.service.LastOutput;
import io.visor.service.ServiceBackend;
import io.visor.service.UnitReport;
import io.visor.sim.SimScheduler;
import io.visor.time.Loop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// In simulated time, with a stand-in for systemd: what is asked of it and when, and what becomes
/// of answers that come late or not at all. `SystemdIT` has the real one.
final class SystemdBackendTest {

    @TempDir Path directory;

    private final SimScheduler scheduler = new SimScheduler(7);
    private final Loop loop = scheduler.loop("visor");
    private final Systemd systemd = new Systemd();
    private final List<String> reports = new ArrayList<>();
    private final List<String> byBoot = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private SystemdBackend backend;
    private Path binary;

    /// Answers as `systemctl` does, after some time.
    private final class Systemd implements CommandRunner {
        private final List<String> commands = new ArrayList<>();
        private final Map<String, Integer> active = new HashMap<>();
        private final Set<String> failing = new HashSet<>();
        private final Map<String, String> properties = new HashMap<>();
        private String errors = "Failed: no";
        private String slow = "";
        private Duration pause = Duration.ofMillis(10);
        private Duration journalPause = Duration.ZERO;
        private int pids = 100;

        @Override
        public Result run(
                List<String> command,
                Map<String, String> environment,
                Path workingDirectory,
                Duration limit,
                int maxOutput)
                throws InterruptedException {
            if (command.getFirst().equals("journalctl")) {
                scheduler.clock().sleep(journalPause);
                return new Result(new ExitStatus.Exited(0), "", "");
            }
            String verb = command.get(4);
            List<String> units = command.subList(Math.min(command.size(), 7), command.size());
            if (!verb.equals("show")) {
                units = command.subList(Math.min(command.size(), 6), command.size());
            }
            commands.add(verb + " " + String.join(" ", units));
            // What it tells is how things are when it is asked.
            String told = verb.equals("show") ? show(command, units) : "";
            boolean isSlow = verb.equals("start") && units.contains(slow);
            scheduler.clock().sleep(isSlow ? Duration.ofSeconds(30) : pause);
            if (failing.contains(verb)) {
                return new Result(new ExitStatus.Exited(1), "", errors);
            }
            for (String unit : units) {
                if (verb.equals("start")) {
                    active.putIfAbsent(unit, pids++);
                } else if (verb.equals("stop")) {
                    active.remove(unit);
                }
            }
            return new Result(new ExitStatus.Exited(0), told, "");
        }

        private String show(List<String> command, List<String> units) {
            if (command.size() == 6) {
                return "UserspaceTimestampMonotonic=7\n";
            }
            StringBuilder text = new StringBuilder();
            for (String unit : units) {
                Integer pid = active.get(unit);
                text.append("Id=" + unit + "\n")
                        .append(properties.getOrDefault(unit, ""))
                        .append("LoadState=loaded\nUnitFileState=enabled\nRestart=always\n")
                        .append("Result=success\nTimeoutStopUSec=10s\nType=exec\n")
                        .append(
                                properties.getOrDefault(unit, "").contains("ActiveState=")
                                        ? "\n"
                                        : pid == null
                                                ? "ActiveState=inactive\n\n"
                                                : "ActiveState=active\n"
                                                        + "SubState=running\n"
                                                        + "InvocationID=run"
                                                        + pid
                                                        + "\nMainPID="
                                                        + pid
                                                        + "\n\n");
            }
            return text.toString();
        }

        @Override
        public Result run(
                List<String> command,
                Map<String, String> environment,
                Path workingDirectory,
                ProcessSpec process,
                Duration limit,
                int maxOutput) {
            throw new UnsupportedOperationException();
        }

        private long count(String verb) {
            return commands.stream().filter(command -> command.startsWith(verb + " ")).count();
        }
    }

    @BeforeEach
    void make() throws IOException {
        Path linkDirectory = Files.createDirectory(directory.resolve("bin"));
        Path unused = Files.createSymbolicLink(linkDirectory.resolve("prog"), Path.of("../prog"));
        binary = Files.writeString(directory.resolve("prog"), "#!/bin/sh\n");
        backend =
                new SystemdBackend(
                        scheduler,
                        loop,
                        systemd,
                        Map.of(),
                        directory,
                        new ActiveBinaries() {
                            @Override
                            public Path of(ProgramName program) {
                                return binary;
                            }

                            @Override
                            public Path linkDirectory() {
                                return linkDirectory;
                            }
                        },
                        warnings::add);
    }

    private static ServiceSpec spec(String name) {
        return spec(name, null);
    }

    private static ServiceSpec spec(String name, @Nullable ProgramName program) {
        return ServiceSpec.ofUnit(
                new ServiceName(name),
                program,
                new UnitName(name + ".service"),
                Path.of("/"),
                List.of(),
                HealthSpec.NONE);
    }

    private final class Recording implements ServiceBackend.Reporter {
        private final String name;

        Recording(String name) {
            this.name = name;
        }

        @Override
        public void onSpawned(long pid) {
            throw new AssertionError("a unit is reported");
        }

        @Override
        public void onSpawnFailed(String why) {
            reports.add(name + " failed: " + why);
        }

        @Override
        public void onExited(long pid, ExitStatus status, LastOutput output) {
            throw new AssertionError("a unit is reported");
        }

        @Override
        public void onUnit(UnitReport report) {
            String next = name + " " + report.standing().getClass().getSimpleName();
            if (report.standing() instanceof UnitReport.Up up && up.isBoots()) {
                byBoot.add(name);
            }
            if (report.end() != null) {
                next += report.end().asked() ? ", ended as asked" : ", fell";
                ends.add("pid " + report.end().pid() + ": " + report.end().status());
            }
            if (reports.isEmpty() || !reports.getLast().equals(next)) {
                reports.add(next);
            }
        }

        @Override
        public void onUnfit(String why) {
            reports.add(name + " unfit: " + why);
        }
    }

    private void adopt(String... names) {
        for (String name : names) {
            backend.adopt(spec(name), new Recording(name));
        }
    }

    private void onLoop(Runnable action) {
        loop.execute(action);
    }

    /// The operator had it stopped, and systemd starts it as it does every enabled unit: visor may
    /// look before, and is not to take that for the operator's hand.
    @Test
    void whatTheBootHasYetToStartIsStartedByTheBoot() {
        systemd.properties.put("a.service", "Job=7\n");
        onLoop(() -> adopt("a", "b"));
        scheduler.runFor(Duration.ofSeconds(2));
        systemd.properties.clear();
        systemd.active.put("a.service", 1);
        systemd.active.put("b.service", 2);
        scheduler.runFor(Duration.ofSeconds(2));
        assertThat(reports).contains("a Up", "b Up");
        assertThat(byBoot).containsExactly("a");
    }

    @Test
    void aStopOvertakesAStartThatHasNotCome() {
        systemd.pause = Duration.ofMillis(500);
        onLoop(() -> adopt("a"));
        scheduler.runFor(Duration.ofSeconds(2));
        onLoop(() -> backend.start(spec("a"), null, new Recording("a")));
        scheduler.runFor(Duration.ofMillis(100));
        onLoop(() -> backend.end(spec("a")));
        scheduler.runFor(Duration.ofSeconds(5));
        assertThat(systemd.count("start")).isZero();
        assertThat(systemd.active).isEmpty();
    }

    @Test
    void asksOnceASecondForAllUnitsTogether() {
        systemd.active.put("a.service", 1);
        onLoop(() -> adopt("a", "b", "c"));
        scheduler.runFor(Duration.ofSeconds(2));
        systemd.commands.clear();
        scheduler.runFor(Duration.ofSeconds(10));
        assertThat(systemd.commands)
                .hasSizeBetween(9, 11)
                .allMatch(command -> command.equals("show a.service b.service c.service"));
    }

    @Test
    void whatIsOrderedTogetherIsDoneTogether() {
        systemd.active.putAll(Map.of("a.service", 1, "b.service", 2));
        onLoop(() -> adopt("a", "b"));
        scheduler.runFor(Duration.ofSeconds(2));
        onLoop(() -> {
            backend.end(spec("a"));
            backend.end(spec("b"));
        });
        scheduler.runFor(Duration.ofSeconds(1));
        assertThat(systemd.commands).contains("stop a.service b.service");
        assertThat(systemd.count("stop")).isEqualTo(1);
        onLoop(() -> {
            backend.start(spec("a"), null, new Recording("a"));
            backend.start(spec("b"), null, new Recording("b"));
        });
        scheduler.runFor(Duration.ofSeconds(1));
        assertThat(systemd.commands).contains("start a.service b.service");
        assertThat(reports.subList(reports.size() - 2, reports.size()))
                .containsExactlyInAnyOrder("a Up", "b Up");
    }

    /// Only what is known to be started at once is started together with others.
    @Test
    void aUnitThatTakesLongToStartKeepsNoOtherFromBeingSeen() {
        systemd.properties.put("b.service", "Type=notify\n");
        systemd.slow = "b.service";
        onLoop(() -> adopt("a", "b", "c"));
        scheduler.runFor(Duration.ofSeconds(2));
        onLoop(() ->
                List.of("a", "b", "c")
                        .forEach(name -> backend.start(spec(name), null, new Recording(name))));
        scheduler.runFor(Duration.ofSeconds(1));
        assertThat(systemd.commands).contains("start b.service", "start a.service c.service");
        assertThat(reports).contains("a Up", "c Up").doesNotContain("b Up");
        systemd.active.put("a.service", 7);
        scheduler.runFor(Duration.ofSeconds(2));
        assertThat(reports).last().isEqualTo("a Up, ended as asked");
        scheduler.runFor(Duration.ofSeconds(30));
        assertThat(reports).contains("b Up");
    }

    @Test
    void whatSystemdSaysOfOneUnitIsNotSaidOfTheOthers() {
        systemd.failing.add("start");
        systemd.errors =
                "Job for ba.service failed because the control process exited with error code.\n"
                        + "A dependency job for a.service failed.\n";
        onLoop(() -> adopt("a", "ba", "c"));
        scheduler.runFor(Duration.ofSeconds(2));
        onLoop(() ->
                List.of("a", "ba", "c")
                        .forEach(name -> backend.start(spec(name), null, new Recording(name))));
        scheduler.runFor(Duration.ofSeconds(2));
        assertThat(reports)
                .contains(
                        "a failed: A dependency job for a.service failed.",
                        "ba failed: Job for ba.service failed because the control process exited"
                                + " with error code.")
                .anyMatch(report ->
                        report.startsWith("c failed: systemd has started nothing of c.service"));
    }

    /// It was asked to stop by somebody, and seen in the middle of that.
    @Test
    void howAProcessEndedIsToldAlsoIfItWasSeenToEnd() {
        systemd.active.put("a.service", 1);
        systemd.properties.put("a.service", "ExecMainPID=1\n");
        onLoop(() -> adopt("a"));
        scheduler.runFor(Duration.ofSeconds(2));
        systemd.properties.put(
                "a.service", "ActiveState=deactivating\nSubState=stop-sigterm\nMainPID=1\n");
        scheduler.runFor(Duration.ofSeconds(2));
        systemd.properties.put(
                "a.service",
                "ActiveState=inactive\nExecMainPID=1\nExecMainCode=1\nExecMainStatus=3\n");
        scheduler.runFor(Duration.ofSeconds(2));
        assertThat(ends).containsExactly("pid 1: code 3");
        scheduler.runFor(Duration.ofSeconds(5));
        assertThat(ends).hasSize(1);
    }

    /// It fell, and before the journal was asked for its last words an upgrade had it stopped.
    @Test
    void howAProcessEndedIsToldAlsoIfAnOrderCameInBetween() {
        systemd.active.put("a.service", 1);
        systemd.properties.put("a.service", "ExecMainPID=1\nInvocationID=run1\n");
        onLoop(() -> adopt("a"));
        scheduler.runFor(Duration.ofSeconds(2));
        String exit = "ExecMainPID=1\nExecMainCode=1\nExecMainStatus=3\n";
        systemd.properties.put(
                "a.service", "ActiveState=activating\nSubState=auto-restart\n" + exit);
        systemd.journalPause = Duration.ofSeconds(2);
        scheduler.runFor(Duration.ofMillis(1500));
        systemd.properties.put("a.service", "ActiveState=inactive\n" + exit);
        onLoop(() -> backend.end(spec("a")));
        scheduler.runFor(Duration.ofSeconds(5));
        assertThat(ends).containsExactly("pid 1: code 3");
    }

    @Test
    void aLookThatBeganBeforeAnOrderCountsNoMore() {
        systemd.active.put("a.service", 1);
        onLoop(() -> adopt("a"));
        scheduler.runFor(Duration.ofMillis(1500));
        // The next look takes longer than the stop that is ordered meanwhile.
        systemd.pause = Duration.ofMillis(900);
        scheduler.runFor(Duration.ofMillis(600));
        systemd.pause = Duration.ofMillis(10);
        onLoop(() -> backend.end(spec("a")));
        scheduler.runFor(Duration.ofMillis(100));
        assertThat(reports.getLast()).isEqualTo("a Idle, ended as asked");
        scheduler.runFor(Duration.ofMillis(700));
        assertThat(reports.getLast()).as("the late look").startsWith("a Idle");
    }

    @Test
    void aUnitThatRunsIsNotStarted() {
        systemd.active.put("a.service", 1);
        onLoop(() -> {
            adopt("a");
            backend.start(spec("a"), null, new Recording("a"));
        });
        scheduler.runFor(Duration.ofSeconds(3));
        assertThat(systemd.count("start")).isZero();
        assertThat(reports).containsOnly("a Up");
    }

    @Test
    void whatIsForgottenGoesOnAndIsNotAskedFor() {
        systemd.active.putAll(Map.of("a.service", 1, "b.service", 2));
        onLoop(() -> adopt("a", "b"));
        scheduler.runFor(Duration.ofSeconds(2));
        onLoop(() -> backend.forget(spec("a")));
        scheduler.runFor(Duration.ofSeconds(2));
        assertThat(systemd.active).containsKey("a.service");
        assertThat(systemd.commands.getLast()).isEqualTo("show b.service");
    }

    /// Has a script's unit stopped, started by somebody before the next look, and ordered up.
    private void startAfterSomebodyElse() {
        ServiceSpec script = spec("a", new ProgramName("prog"));
        systemd.active.put("a.service", 1);
        onLoop(() -> backend.adopt(script, new Recording("a")));
        scheduler.runFor(Duration.ofSeconds(2));
        onLoop(() -> backend.end(script));
        scheduler.runFor(Duration.ofMillis(100));
        systemd.active.put("a.service", 2);
        onLoop(() -> backend.start(script, null, new Recording("a")));
    }

    @Test
    void aScriptThatSomebodyHasStartedMeanwhileIsStartedAnew() {
        startAfterSomebodyElse();
        scheduler.runFor(Duration.ofMillis(100));
        assertThat(systemd.active).containsEntry("a.service", 100);
        assertThat(reports).containsExactly("a Up", "a Idle, ended as asked", "a Up");
    }

    @Test
    void aScriptWhoseRunIsTheOneOfBeforeIsUnfit() {
        startAfterSomebodyElse();
        systemd.failing.add("stop");
        scheduler.runFor(Duration.ofMillis(100));
        assertThat(reports.getLast())
                .isEqualTo(
                        "a unfit: a.service may run another script than "
                                + binary
                                + ": it was started by somebody before, and could not be started"
                                + " anew");
    }

    @Test
    void aSystemdThatDoesNotAnswerIsSaidOnceAndChangesNothing() {
        systemd.active.put("a.service", 1);
        onLoop(() -> adopt("a"));
        scheduler.runFor(Duration.ofSeconds(2));
        systemd.failing.add("show");
        scheduler.runFor(Duration.ofSeconds(5));
        assertThat(warnings)
                .containsExactly(
                        "cannot ask systemd for its units: Failed: no; what they do is not seen"
                                + " until it answers");
        assertThat(reports).containsOnly("a Up");
        systemd.failing.clear();
        systemd.active.put("a.service", 5);
        scheduler.runFor(Duration.ofSeconds(2));
        assertThat(warnings).last().isEqualTo("systemd answers again");
        assertThat(reports).contains("a Up, ended as asked");
    }

    @Test
    void aStopThatSystemdRefusesIsSaidAndTheUnitStaysUp() {
        systemd.active.put("a.service", 1);
        systemd.failing.add("stop");
        onLoop(() -> adopt("a"));
        scheduler.runFor(Duration.ofSeconds(2));
        onLoop(() -> backend.end(spec("a")));
        scheduler.runFor(Duration.ofSeconds(2));
        assertThat(warnings).containsExactly("cannot stop a: Failed: no");
        assertThat(reports).containsOnly("a Up");
    }

    @Test
    void aStartThatSystemdRefusesIsReported() {
        systemd.failing.add("start");
        onLoop(() -> {
            adopt("a");
            backend.start(spec("a"), null, new Recording("a"));
        });
        scheduler.runFor(Duration.ofSeconds(2));
        assertThat(reports).contains("a failed: Failed: no");
    }
}

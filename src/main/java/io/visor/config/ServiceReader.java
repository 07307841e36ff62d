package io.visor.config;

import io.visor.model.CommandLine;
import io.visor.model.Dependency;
import io.visor.model.Environment;
import io.visor.model.HealthSpec;
import io.visor.model.Home;
import io.visor.model.Lavap;
import io.visor.model.LogSpec;
import io.visor.model.Names;
import io.visor.model.ProcessSpec;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.Signal;
import io.visor.model.StopPolicy;
import io.visor.model.UnitName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// Reads one service.
final class ServiceReader {

    private static final Duration MAX = Duration.ofDays(30);

    private static final Map<String, Dependency.Is> STATES = words(Dependency.Is.values());

    /// What systemd does for a unit, by the key that has visor do it for its own children
    /// (systemd.service(5), systemd.exec(5), systemd.kill(5)).
    private static final Map<String, String> SYSTEMDS = new LinkedHashMap<>();

    static {
        SYSTEMDS.put("command", "ExecStart=");
        SYSTEMDS.put("working-directory", "WorkingDirectory=");
        SYSTEMDS.put("environment", "Environment= or EnvironmentFile=");
        SYSTEMDS.put("restart", "Restart= and RestartSec=");
        SYSTEMDS.put("stop", "KillSignal= and TimeoutStopSec=");
        SYSTEMDS.put("user", "User=");
        SYSTEMDS.put("group", "Group=");
        SYSTEMDS.put("umask", "UMask=");
        SYSTEMDS.put("nice", "Nice=");
        SYSTEMDS.put("oom-score", "OOMScoreAdjust=");
        SYSTEMDS.put("limits", "LimitNOFILE= and its like");
        SYSTEMDS.put("log", "StandardOutput= and StandardError=");
    }

    private final Home home;
    private final Paths paths;
    private final Map<String, String> inherited;
    private final SystemUsers users = new SystemUsers();
    private final Map<ProgramName, ProgramSpec> programs;
    private final List<Problem> problems;

    /// Makes a reader.
    ///
    /// @param home where logs go
    /// @param paths what paths stand for
    /// @param inherited visor's own environment
    /// @param programs the programs that a service may follow
    /// @param problems takes what is wrong
    ServiceReader(
            Home home,
            Paths paths,
            Map<String, String> inherited,
            Map<ProgramName, ProgramSpec> programs,
            List<Problem> problems) {
        this.home = home;
        this.paths = paths;
        this.inherited = inherited;
        this.programs = programs;
        this.problems = problems;
    }

    private static Map<String, Dependency.Is> words(Dependency.Is... values) {
        Map<String, Dependency.Is> words = new LinkedHashMap<>();
        for (Dependency.Is value : values) {
            words.put(value.word(), value);
        }
        return words;
    }

    /// Reads a service.
    ///
    /// @return nothing if it lacks what it cannot be without; problems tell why
    Optional<ServiceSpec> read(Section section) {
        section.notYet("backend", "jobs");
        Optional<ServiceName> name = section.parsed("name", ServiceName::new);
        section.require("name");
        Optional<ProgramSpec> program = section.parsed("program", this::program);
        if (section.has("unit")) {
            return readUnit(section, name, program);
        }
        Optional<List<String>> command = section.parsed("command", this::command);
        if (!section.has("command")) {
            section.problem("", "has no command, and no unit");
        } else {
            section.require("command");
        }
        Path directory = section.parsed("working-directory", paths::resolve).orElse(paths.base());
        Environment environment = new EnvironmentReader(paths, inherited).read(section);
        List<Dependency> after = after(section);
        RestartPolicy restart = new RestartReader(problems).read(section);
        StopPolicy stop = stop(section, program.map(ProgramSpec::stop).orElse(StopPolicy.DEFAULT));
        HealthSpec health = new HealthReader(paths).read(section);
        ProcessSpec process = new ProcessReader(users).read(section);
        LogSpec log = LogReader.read(section);
        if (name.isEmpty() || command.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new ServiceSpec(
                        name.get(),
                        program.map(ProgramSpec::name).orElse(null),
                        command.get(),
                        directory,
                        environment,
                        after,
                        restart,
                        stop,
                        health,
                        process,
                        new ServiceSpec.ToFile(home.logs().resolve(name.get() + ".log"), log)));
    }

    /// Reads LavaVisor's form of a service: the name of a unit of its program.
    ///
    /// @return nothing if it is none
    Optional<ServiceSpec> readUnit(String text) {
        try {
            UnitName unit = new UnitName(text);
            return Optional.of(
                    ServiceSpec.ofUnit(
                            new ServiceName(unit.stem()),
                            Lavap.NAME,
                            unit,
                            home.root(),
                            List.of(),
                            HealthSpec.NONE));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<ServiceSpec> readUnit(
            Section section, Optional<ServiceName> name, Optional<ProgramSpec> program) {
        section.require("unit");
        Optional<UnitName> unit = section.parsed("unit", UnitName::new);
        List<Dependency> after = after(section);
        HealthSpec health = new HealthReader(paths).read(section);
        if (looksAtOutput(health)) {
            section.problem(
                    "health",
                    "the output of a unit goes to systemd's journal, where no check looks for a"
                            + " line; use http, tcp, grpc or exec");
        }
        SYSTEMDS.forEach((key, setting) -> {
            if (section.has(key)) {
                section.problem(
                        key,
                        "systemd does that for a unit; write "
                                + setting
                                + " in the unit's file and leave it out here");
            }
        });
        if (name.isEmpty() || unit.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                ServiceSpec.ofUnit(
                        name.get(),
                        program.map(ProgramSpec::name).orElse(null),
                        unit.get(),
                        home.root(),
                        after,
                        health));
    }

    private static boolean looksAtOutput(HealthSpec health) {
        return Arrays.stream(HealthSpec.Purpose.values())
                .map(health::check)
                .anyMatch(check -> check != null && check.probe() instanceof HealthSpec.Log);
    }

    private ProgramSpec program(String text) {
        ProgramSpec spec = Names.isName(text) ? programs.get(new ProgramName(text)) : null;
        if (spec == null) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no program here; known: " + known(programs.keySet()));
        }
        return spec;
    }

    private static String known(Set<ProgramName> names) {
        return String.join(", ", names.stream().sorted().map(ProgramName::text).toList());
    }

    private List<String> command(String text) {
        List<String> words = CommandLine.split(text);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        return paths.resolveProgram(words);
    }

    private List<Dependency> after(Section service) {
        List<Dependency> after = new ArrayList<>();
        List<Node> nodes = service.items("after").orElse(List.of());
        for (int i = 0; i < nodes.size(); i++) {
            String at = service.at("after") + "[" + i + "]";
            try (Section section = new Section(at, nodes.get(i), problems)) {
                Optional<ServiceName> other = section.parsed("service", ServiceName::new);
                section.require("service");
                Dependency.Is is = section.word("is", STATES).orElse(Dependency.Is.STARTED);
                other.ifPresent(name -> after.add(new Dependency(name, is)));
            }
        }
        return after;
    }

    private StopPolicy stop(Section service, StopPolicy defaults) {
        Node node = service.node("stop").orElse(null);
        if (node == null) {
            return defaults;
        }
        List<StopPolicy.Step> steps = new ArrayList<>();
        List<Node> nodes = node instanceof SequenceNode list ? list.getValue() : List.of(node);
        for (int i = 0; i < nodes.size(); i++) {
            String at = service.at("stop") + (nodes.size() > 1 ? "[" + i + "]" : "");
            StopPolicy.Step base = defaults.steps().getFirst();
            try (Section section = new Section(at, nodes.get(i), problems)) {
                steps.add(
                        new StopPolicy.Step(
                                section.parsed("signal", ServiceReader::signal)
                                        .orElse(base.signal()),
                                section.duration("grace", Duration.ofMillis(1), MAX)
                                        .orElse(base.grace())));
            }
        }
        return steps.isEmpty() ? defaults : new StopPolicy(steps, defaults.cleanCodes());
    }

    private static Signal signal(String text) {
        return Signal.parse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "\""
                                        + text
                                        + "\" is no signal; use TERM, INT, QUIT, HUP, USR1, USR2 or"
                                        + " KILL"));
    }
}

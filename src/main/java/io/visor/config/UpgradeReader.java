package io.visor.config;

import io.visor.model.AdmissionPolicy;
import io.visor.model.BackupPolicy;
import io.visor.model.CommandLine;
import io.visor.model.Hook;
import io.visor.model.MaintenanceWindow;
import io.visor.model.RollbackPolicy;
import io.visor.model.Sizes;
import io.visor.model.UpgradePolicy;
import io.visor.model.UpgradePolicy.Auto;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// Reads how a program is upgraded.
final class UpgradeReader {

    private static final Duration MAX = Duration.ofDays(30);
    private static final Duration MAX_DEADLINE = Duration.ofDays(365);
    private static final Duration MIN_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);
    private static final long MAX_FREE = 1L << 50;
    private static final int MAX_RETRIES = 100;
    private static final int MAX_KEEP = 100;

    private static final Map<String, RollbackPolicy> ROLLBACKS = new LinkedHashMap<>();
    private static final Map<String, Boolean> BINDS = new LinkedHashMap<>();
    private static final Map<String, BackupPolicy.When> WHENS = new LinkedHashMap<>();

    static {
        for (RollbackPolicy policy : RollbackPolicy.values()) {
            ROLLBACKS.put(policy.word(), policy);
        }
        BINDS.put("recommended", false);
        BINDS.put("all", true);
        for (BackupPolicy.When when : BackupPolicy.When.values()) {
            WHENS.put(when.word(), when);
        }
    }

    private final Paths paths;

    UpgradeReader(Paths paths) {
        this.paths = paths;
    }

    /// Reads `upgrade:` of a program.
    UpgradePolicy read(UpgradePolicy defaults, Section section) {
        section.notYet("keep");
        BackupPolicy backup = backup(section);
        RollbackPolicy rollback = section.word("rollback", ROLLBACKS).orElse(defaults.rollback());
        if (rollback == RollbackPolicy.RESTORE_BACKUP && backup == null) {
            section.problem("rollback", "\"restore-backup\" needs a backup; say which paths");
        }
        return new UpgradePolicy(
                section.parsed("auto", UpgradeReader::auto).orElse(defaults.auto()),
                section.duration("health-window", Duration.ZERO, MAX)
                        .orElse(defaults.healthWindow()),
                section.duration("start-timeout", Duration.ofSeconds(1), MAX)
                        .orElse(defaults.startTimeout()),
                rollback,
                admission(defaults.admission(), section),
                hooks(section),
                section.node("check").isEmpty() ? null : hook(section, "check").orElse(null),
                backup);
    }

    private static Auto auto(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> Auto.TRUE;
            case "false", "no", "off" -> Auto.FALSE;
            case "required-only" -> Auto.REQUIRED_ONLY;
            default ->
                    throw new IllegalArgumentException(
                            "\"" + text + "\" is not known; use true, false or required-only");
        };
    }

    private AdmissionPolicy admission(AdmissionPolicy defaults, Section section) {
        return new AdmissionPolicy(
                windows(section),
                section.word("window-binds", BINDS).orElse(defaults.bindsAll()),
                section.duration("delay", Duration.ZERO, MAX).orElse(defaults.delay()),
                section.duration("spread", Duration.ZERO, MAX).orElse(defaults.spread()),
                section.parsed("not-before-height", UpgradeReader::height)
                        .orElse(defaults.notBeforeHeight()),
                section.duration("deadline", Duration.ZERO, MAX_DEADLINE)
                        .orElse(defaults.deadline()),
                section.parsed("min-free", UpgradeReader::size).orElse(defaults.minFree()));
    }

    /// One window, or a list of them.
    private static List<MaintenanceWindow> windows(Section section) {
        if (section.node("window").orElse(null) instanceof SequenceNode) {
            List<MaintenanceWindow> windows = new ArrayList<>();
            for (String text : section.texts("window")) {
                try {
                    windows.add(MaintenanceWindow.parse(text));
                } catch (IllegalArgumentException e) {
                    section.problem("window", String.valueOf(e.getMessage()));
                }
            }
            return windows;
        }
        return section.parsed("window", MaintenanceWindow::parse).map(List::of).orElse(List.of());
    }

    private static long height(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw new IllegalArgumentException("\"" + text + "\" is no height; write digits only");
        }
        return Long.parseLong(text);
    }

    private static long size(String text) {
        long bytes =
                Sizes.parse(text)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "\"" + text + "\" is no size; write 64kB, 100MB, 1GiB"));
        if (bytes > MAX_FREE) {
            throw new IllegalArgumentException(
                    text + " is not between 0 and " + Sizes.exact(MAX_FREE));
        }
        return bytes;
    }

    private Map<Hook.Point, Hook> hooks(Section section) {
        Map<Hook.Point, Hook> hooks = new EnumMap<>(Hook.Point.class);
        try (Section part = section.section("hooks")) {
            for (Hook.Point point : Hook.Point.values()) {
                if (part.has(point.word())) {
                    hook(part, point.word()).ifPresent(hook -> hooks.put(point, hook));
                }
            }
        }
        return hooks;
    }

    /// A command, or a mapping with one.
    private Optional<Hook> hook(Section section, String key) {
        Node node = section.node(key).orElse(null);
        if (!(node instanceof MappingNode)) {
            section.require(key);
            return section.parsed(key, UpgradeReader::command)
                    .map(command -> hook(command, null, null, null));
        }
        try (Section part = section.section(key)) {
            part.require("command");
            Optional<List<String>> command = part.parsed("command", UpgradeReader::command);
            Path directory = part.text("working-directory").map(paths::resolve).orElse(null);
            Duration timeout = part.duration("timeout", MIN_TIMEOUT, MAX_TIMEOUT).orElse(null);
            Integer retries =
                    part.parsed("retries", text -> number(text, 0, MAX_RETRIES)).orElse(null);
            return command.map(words -> hook(words, directory, timeout, retries));
        }
    }

    private Hook hook(
            List<String> command,
            @Nullable Path directory,
            @Nullable Duration timeout,
            @Nullable Integer retries) {
        return new Hook(
                paths.resolveProgram(command),
                directory == null ? paths.base() : directory,
                timeout == null ? Hook.DEFAULT_TIMEOUT : timeout,
                retries == null ? 0 : retries);
    }

    private static List<String> command(String text) {
        List<String> words = CommandLine.split(text);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        return words;
    }

    private @Nullable BackupPolicy backup(Section section) {
        if (section.node("backup").isEmpty()) {
            return null;
        }
        try (Section part = section.section("backup")) {
            part.require("paths");
            List<Path> directories = part.texts("paths").stream().map(paths::resolve).toList();
            if (part.node("paths").isPresent() && directories.isEmpty()) {
                part.problem("paths", "is empty; name the directories to copy");
            }
            BackupPolicy.When when = part.word("when", WHENS).orElse(BackupPolicy.When.STOPPED);
            Path directory = part.text("directory").map(paths::resolve).orElse(null);
            int keep = part.parsed("keep", text -> number(text, 1, MAX_KEEP)).orElse(1);
            return new BackupPolicy(directories, directory, when, keep);
        }
    }

    private static int number(String text, int min, int max) {
        int number = text.matches("\\d{1,6}") ? Integer.parseInt(text) : -1;
        if (number < min || number > max) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no number from " + min + " to " + max);
        }
        return number;
    }
}

package io.visor.daemon.doctor;

import io.visor.config.SystemUsers;
import io.visor.daemon.units.ConfigSearch;
import io.visor.model.CommandLine;
import io.visor.model.Durations;
import io.visor.model.Home;
import io.visor.model.Role;
import io.visor.systemd.unit.UnitFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What is wrong with one unit.
final class UnitDiagnosis {

    /// A process that has died is missed for as long as this.
    private static final Duration LONG_DELAY = Duration.ofSeconds(60);

    private final Host host;
    private final String name;
    private final UnitFile unit;
    private final List<Finding> findings = new ArrayList<>();

    UnitDiagnosis(Host host, String name, UnitFile unit) {
        this.host = host;
        this.name = name;
        this.unit = unit;
    }

    List<Finding> all() {
        program();
        directory();
        unit.role().ifPresent(this::lavap);
        delay();
        return List.copyOf(findings);
    }

    private void wrong(String text, String next) {
        findings.add(new Finding.Wrong(name, text, next));
    }

    private void program() {
        if (unit.command().isEmpty()) {
            wrong("it has no ExecStart, so it starts nothing", again());
            return;
        }
        String program = unit.command().getFirst();
        if (!program.startsWith("/")) {
            wrong(
                    "ExecStart begins with \""
                            + program
                            + "\", which is no absolute path; systemd looks for it in its own"
                            + " directories",
                    again());
        } else if (!Files.exists(Path.of(program))) {
            wrong(
                    "ExecStart starts " + program + ", which is not there",
                    program.equals(host.home().bin().resolve("lavap").toString())
                            ? "visor init --auto-download"
                            : again());
        }
    }

    private void directory() {
        unit.workingDirectory()
                .filter(path -> !Files.isDirectory(path))
                .ifPresent(path ->
                        wrong(
                                "WorkingDirectory " + path + " is not there",
                                "mkdir -p " + CommandLine.join(List.of(path.toString()))));
    }

    private void lavap(Role role) {
        if (role == Role.CONSUMER && unit.hasFlag("--parallel-connections")) {
            wrong(
                    "lavap rpcconsumer does not know --parallel-connections and ends at once",
                    again());
        }
        if (name.contains("-.service")) {
            wrong("its name has no chain in it: its configuration has no chain-id", again());
        }
        if (unit.config().isEmpty()) {
            wrong("ExecStart names no configuration file", again());
            return;
        }
        String config = unit.config().get();
        if (config.startsWith("/")) {
            wrong("lavap takes no absolute path of a configuration file: " + config, again());
            return;
        }
        Path directory = unit.workingDirectory().orElse(Path.of("/"));
        Optional<Path> userHome = userHome();
        Optional<Path> found = ConfigSearch.found(config, directory, role, userHome);
        if (found.isEmpty()) {
            wrong(
                    "its configuration "
                            + config
                            + " is neither in "
                            + directory
                            + " nor in the home of its user",
                    again());
        } else if (ConfigSearch.found(config, directory, role, Optional.empty()).isEmpty()) {
            wrong(
                    "its configuration "
                            + config
                            + " is found only because lavap looks into "
                            + userHome.map(Path::toString).orElse("$HOME")
                            + "; with another user or home it is not",
                    again());
        } else if (!ConfigSearch.found(config, directory, role, Optional.empty()).equals(found)) {
            wrong(
                    "lavap reads "
                            + found.get()
                            + ", not "
                            + directory.resolve(config).normalize()
                            + ", because it looks into its user's home first",
                    again());
        }
    }

    private Optional<Path> userHome() {
        return unit.user()
                .flatMap(new SystemUsers()::user)
                .map(user -> Path.of(user.login().home()))
                .or(() -> Optional.of(host.userHome()));
    }

    private void delay() {
        unit.value("Service", "RestartSec")
                .flatMap(UnitDiagnosis::seconds)
                .filter(delay -> delay.compareTo(LONG_DELAY) >= 0)
                .ifPresent(delay ->
                        wrong(
                                "RestartSec keeps it down for "
                                        + Durations.format(delay)
                                        + " whenever it ends",
                                again()));
    }

    /// A number alone is seconds; visor's durations are systemd's, as far as they go.
    private static Optional<Duration> seconds(String text) {
        return Durations.parse(text.matches("\\d{1,9}") ? text + "s" : text);
    }

    private boolean isOfUser() {
        return Files.isSymbolicLink(host.userUnits().resolve(name))
                && !Files.exists(host.systemUnits().resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /// The command that makes the unit again, with what it says of itself.
    private String again() {
        Optional<Role> role = unit.role();
        if (role.isEmpty()) {
            return "make it again with visor create-service program";
        }
        List<String> words = new ArrayList<>(List.of("visor", "create-service"));
        words.add(role.get().name().toLowerCase(Locale.ROOT));
        words.add(
                unit.config()
                        .map(config ->
                                host.home()
                                        .protocolConfigs()
                                        .resolve(Path.of(config).getFileName())
                                        .toString())
                        .orElse("CONFIG"));
        for (String flag :
                List.of(
                        "--from",
                        "--geolocation",
                        "--chain-id",
                        "--keyring-backend",
                        "--node",
                        "--log_level")) {
            unit.flag(flag).ifPresent(value -> words.addAll(List.of(flag, value)));
        }
        if (role.get() == Role.PROVIDER) {
            unit.flag("--parallel-connections")
                    .ifPresent(value -> words.addAll(List.of("--parallel-connections", value)));
        }
        if (!host.home().equals(Home.in(host.userHome()))) {
            Path directory = host.home().root().getParent();
            words.addAll(List.of("--directory", String.valueOf(directory)));
        }
        if (isOfUser()) {
            words.add("--user");
        }
        words.add("--create-link");
        return CommandLine.join(words);
    }
}

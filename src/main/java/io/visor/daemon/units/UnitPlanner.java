package io.visor.daemon.units;

import io.visor.config.ConfigEditor;
import io.visor.config.ConfigReader;
import io.visor.config.ProtocolConfig;
import io.visor.config.ProtocolConfigReader;
import io.visor.config.ServiceEntry;
import io.visor.config.SystemUsers;
import io.visor.daemon.units.UnitPlan.Copy;
import io.visor.daemon.units.UnitRequest.OfCommand;
import io.visor.daemon.units.UnitRequest.OfLavap;
import io.visor.daemon.units.UnitRequest.OfVisor;
import io.visor.model.CannotException;
import io.visor.model.CommandLine;
import io.visor.model.FileFailures;
import io.visor.model.Home;
import io.visor.model.Lavap;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.process.Executables;
import io.visor.process.ProcessException;
import io.visor.systemd.unit.LavapCommand;
import io.visor.systemd.unit.PolkitRule;
import io.visor.systemd.unit.UnitException;
import io.visor.systemd.unit.UnitFile;
import io.visor.systemd.unit.UnitScope;
import io.visor.systemd.unit.UnitSpec;
import io.visor.systemd.unit.UnitTemplates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds out all that a unit needs, and whether it can be had, before anything is written.
final class UnitPlanner {

    private final Home home;
    private final Caller caller;
    private final UnitPlacement placement;
    private final UnitLinks links;
    private final UnitTemplates templates;
    private final List<String> notes = new ArrayList<>();

    UnitPlanner(Home home, Caller caller, UnitPlacement placement) {
        this.home = home;
        this.caller = caller;
        this.placement = placement;
        this.links = new UnitLinks(home, caller, placement);
        this.templates = new UnitTemplates(UnitSetup.ownTemplates(home));
    }

    /// Makes the plan.
    ///
    /// @throws CannotException that says why it cannot be
    /// @throws io.visor.config.ConfigException if a configuration file is wrong
    UnitPlan plan(UnitRequest request) {
        try {
            return switch (request) {
                case OfLavap lavap -> lavap(lavap);
                case OfCommand command -> command(command);
                case OfVisor visor -> visor(visor);
            };
        } catch (UnitException e) {
            throw CannotException.untilChanged(UnitNames.WHAT, e.why());
        } catch (IOException e) {
            throw CannotException.now(
                    UnitNames.WHAT, FileFailures.why(home.services(), e) + UnitSetup.ELSEWHERE, e);
        }
    }

    private UnitPlan lavap(OfLavap request) throws IOException {
        ProtocolConfig config = ProtocolConfigReader.read(request.config(), request.role());
        String name =
                UnitNames.ofLavap(
                        links::presentOfLavap, request.from(), config.chainId(), request.role());
        String unit = name + UnitNames.SUFFIX;
        Path copy = home.protocolConfigs().resolve(name + ".yml");
        refuseOthersConfig(copy, unit);
        Shape shape = shape(inHome(name), links.presentOfLavap(unit));
        if (!name.equals(request.from() + "-" + config.chainId())) {
            notes.add(
                    request.from()
                            + "-"
                            + config.chainId()
                            + UnitNames.SUFFIX
                            + " is the other one's of this key and chain; this one is "
                            + unit);
        }
        LavapCommand command =
                new LavapCommand(
                        home.bin().resolve(Lavap.BINARY),
                        request.role(),
                        ConfigSearch.relative(
                                shape.workingDirectory, copy, request.role(), shape.userHome),
                        request.from(),
                        request.geolocation(),
                        request.chainId(),
                        request.keyringBackend(),
                        request.node(),
                        request.logLevel(),
                        request.parallelConnections());
        UnitSpec spec = UnitSpec.ofLavap(name, command, shape.workingDirectory, shape.scope);
        noteMissing(home.bin().resolve(Lavap.BINARY), Lavap.NAME);
        return planned(
                spec,
                unit,
                shape,
                Optional.of(new Copy(copy, config.text(), request.config())),
                Optional.of(new ServiceEntry.Generated(unit)),
                Optional.empty());
    }

    /// LavaVisor copied files under their own names, so that two units may read the same one.
    private void refuseOthersConfig(Path copy, String unit) throws IOException {
        for (String other : links.namesInHome()) {
            Optional<String> read = links.present(other).flatMap(UnitFile::config);
            boolean shares =
                    !other.equals(unit)
                            && read.map(Path::of)
                                    .map(Path::getFileName)
                                    .filter(copy.getFileName()::equals)
                                    .isPresent();
            if (shares) {
                throw CannotException.untilChanged(
                        UnitNames.WHAT,
                        "its configuration would be "
                                + copy
                                + ", which "
                                + other
                                + " reads; run create-service for that one first, which gives it a"
                                + " file of its own");
            }
        }
    }

    private UnitPlan command(OfCommand request) throws IOException {
        String unit = request.name() + UnitNames.SUFFIX;
        UnitNames.checkName(unit);
        links.present(unit)
                .flatMap(UnitFile::role)
                .ifPresent(role -> {
                    throw CannotException.untilChanged(
                            UnitNames.WHAT,
                            unit
                                    + " is there already, for a "
                                    + role.name().toLowerCase(Locale.ROOT)
                                    + "; choose another name");
                });
        List<String> words = new ArrayList<>(request.command());
        words.set(0, program(request).toString());
        Shape shape = shape(inHome(request.name().text()), links.present(unit));
        UnitSpec spec =
                UnitSpec.ofCommand(
                        request.name().text(), words, shape.workingDirectory, shape.scope);
        ServiceEntry entry =
                request.program()
                        .<ServiceEntry>map(program ->
                                new ServiceEntry.OfProgram(request.name(), unit, program))
                        .orElseGet(() -> new ServiceEntry.Plain(request.name(), unit));
        return planned(spec, unit, shape, Optional.empty(), Optional.of(entry), Optional.empty());
    }

    /// The file that the command's first word means: the active link of a program, else what is
    /// found now, because systemd has another PATH.
    private Path program(OfCommand request) {
        String first = request.command().getFirst();
        if (request.program().isPresent()) {
            ProgramName name = request.program().get();
            Map<ProgramName, ProgramSpec> programs =
                    ConfigReader.readPrograms(home.config(), home, caller.userHome());
            ProgramSpec program = programs.get(name);
            if (program == null) {
                throw CannotException.untilChanged(
                        "understand --program",
                        "\""
                                + name
                                + "\" is no program; known: "
                                + String.join(
                                        ", ",
                                        programs.keySet().stream()
                                                .sorted()
                                                .map(ProgramName::text)
                                                .toList()));
            }
            Path link = home.bin().resolve(program.binary());
            if (!program.isNamedBy(first)) {
                throw CannotException.untilChanged(
                        UnitNames.WHAT,
                        "the command starts \""
                                + first
                                + "\", not "
                                + program.binary()
                                + "; begin it with "
                                + program.binary()
                                + ", or leave out --program");
            }
            noteMissing(link, name);
            return link;
        }
        try {
            return Path.of(Executables.find(first, caller.environment(), caller.workingDirectory()))
                    .normalize();
        } catch (ProcessException e) {
            throw CannotException.untilChanged(
                    UnitNames.WHAT, e.why() + "; give the path of a program");
        }
    }

    private UnitPlan visor(OfVisor request) throws IOException {
        String unit = request.name() + UnitNames.SUFFIX;
        UnitNames.checkName(unit);
        Path directory = Optional.ofNullable(home.root().getParent()).orElse(home.root());
        Shape shape = shape(directory, links.present(unit).filter(file -> keeps(file, directory)));
        if (shape.scope instanceof UnitScope.OfSystem system && !system.user().equals("root")) {
            noteForeign(system.user());
        }
        Duration stopLimit =
                StopLimit.of(
                        ConfigReader.read(
                                home.config(), home, caller.userHome(), caller.environment()));
        UnitSpec spec =
                UnitSpec.ofVisor(
                        home,
                        request.launcher(),
                        request.arguments(),
                        shape.workingDirectory,
                        stopLimit,
                        shape.scope);
        return planned(spec, unit, shape, Optional.empty(), Optional.empty(), polkit(shape.scope));
    }

    /// What root has set up is root's, also where visor is to write as somebody else.
    private void noteForeign(String user) throws IOException {
        List<String> commands = new ArrayList<>();
        if (isForeign(home.root(), user, 0)) {
            commands.add(CommandLine.join(List.of("chown", user, home.root().toString())));
        }
        List<String> foreign = new ArrayList<>();
        for (Path path : written()) {
            if (isForeign(path, user, 2)) {
                foreign.add(path.toString());
            }
        }
        if (!foreign.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("chown", "-R", user));
            words.addAll(foreign);
            commands.add(CommandLine.join(words));
        }
        if (!commands.isEmpty()) {
            notes.add(
                    "visor could not write to all that it must as "
                            + user
                            + ": "
                            + String.join(" && ", commands));
        }
    }

    /// What visor writes below its home. What services work in is theirs.
    private List<Path> written() throws IOException {
        List<Path> paths =
                new ArrayList<>(
                        List.of(
                                home.bin(),
                                home.upgrades(Lavap.NAME),
                                home.programs(),
                                home.instances()));
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(home.root(), home.database().getFileName() + "*")) {
            files.forEach(paths::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return paths;
    }

    /// Whether a place, or something so deep below it, belongs to somebody else.
    private static boolean isForeign(Path place, String user, int depth) throws IOException {
        if (!Files.exists(place)) {
            return false;
        }
        try (Stream<Path> paths = Files.walk(place, depth)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (!Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName().equals(user)) {
                    return true;
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return false;
    }

    /// Whether a unit of visor's is that of a home, and not another home's of the same name.
    private static boolean keeps(UnitFile unit, Path directory) {
        return unit.flag("--directory")
                .map(other -> Path.of(other).normalize().equals(directory))
                .orElse(true);
    }

    private Optional<Copy> polkit(UnitScope scope) {
        if (!(scope instanceof UnitScope.OfSystem system) || system.user().equals("root")) {
            return Optional.empty();
        }
        Path file = home.services().resolve(PolkitRule.TEMPLATE);
        PolkitRule rule = new PolkitRule(system.user(), ConfigEditor.units(home.config()));
        return Optional.of(new Copy(file, rule.render(templates.ofPolkitRule()), file));
    }

    private UnitPlan planned(
            UnitSpec spec,
            String unit,
            Shape shape,
            Optional<Copy> config,
            Optional<ServiceEntry> entry,
            Optional<Copy> polkit) {
        String text = spec.render(templates.of(spec.kind()));
        return new UnitPlan(
                spec.kind(),
                unit,
                text,
                home.services().resolve(unit),
                shape.user(),
                shape.workingDirectory,
                config,
                entry,
                links.plan(unit),
                polkit,
                notes);
    }

    private void noteMissing(Path link, ProgramName program) {
        if (!Files.exists(link)) {
            notes.add(link + " is not there yet: visor init --auto-download installs " + program);
        }
    }

    /// Where and as whom a unit runs.
    ///
    /// @param userHome the home of that user, if it is known
    private record Shape(Path workingDirectory, UnitScope scope, Optional<Path> userHome) {

        Optional<String> user() {
            return scope instanceof UnitScope.OfSystem system
                    ? Optional.of(system.user())
                    : Optional.empty();
        }
    }

    private Path inHome(String name) {
        return home.services().resolve("data").resolve(name);
    }

    /// What is there already stays as it is: a provider's unclaimed rewards lie in its working
    /// directory, and belong to its user.
    private Shape shape(Path newDirectory, Optional<UnitFile> before) throws IOException {
        UnitScope scope =
                placement.ofUser()
                        ? new UnitScope.OfUser()
                        : new UnitScope.OfSystem(
                                placement
                                        .runAs()
                                        .or(() ->
                                                before.map(
                                                        unitFile -> unitFile.user().orElse("root")))
                                        .orElseGet(caller::onBehalfOf));
        Optional<Path> userHome = Optional.of(caller.userHome());
        if (scope instanceof UnitScope.OfSystem system) {
            UserAccess access = new UserAccess(system.user());
            access.check();
            access.checkReach(home.services());
            userHome =
                    system.user().equals(caller.name())
                            ? userHome
                            : new SystemUsers()
                                    .user(system.user())
                                    .map(user -> Path.of(user.login().home()));
        }
        Optional<Path> kept = before.isEmpty() ? Optional.empty() : kept(before.get(), userHome);
        Path directory = placement.workingDirectory().or(() -> kept).orElse(newDirectory);
        before.ifPresent(unit -> noteOtherUser(unit, scope, directory));
        return new Shape(directory, scope, userHome);
    }

    private void noteOtherUser(UnitFile before, UnitScope scope, Path directory) {
        String was = before.user().orElse("root");
        if (scope instanceof UnitScope.OfSystem system && !system.user().equals(was)) {
            notes.add(
                    "it ran as "
                            + was
                            + " before: see that "
                            + system.user()
                            + " may write to "
                            + directory);
        }
    }

    /// Where a unit runs that is there: at the root unless it says something else
    /// (systemd.exec(5)).
    private static Optional<Path> kept(UnitFile before, Optional<Path> userHome) {
        return before.workingDirectory()
                .or(() ->
                        before.value("Service", "WorkingDirectory")
                                        .filter(text -> text.endsWith("~"))
                                        .isPresent()
                                ? userHome
                                : Optional.of(Path.of("/")));
    }
}

package io.visor.daemon;

import io.visor.chain.ChainException;
import io.visor.chain.VersionAuthority;
import io.visor.model.CannotException;
import io.visor.model.FileFailures;
import io.visor.model.Home;
import io.visor.model.Observation;
import io.visor.model.ProgramSpec;
import io.visor.model.Requirement;
import io.visor.model.Role;
import io.visor.model.Version;
import io.visor.model.VisorConfig;
import io.visor.process.ChildTable;
import io.visor.process.ShortCommand;
import io.visor.release.ActiveLink;
import io.visor.release.Manifest;
import io.visor.release.PathLink;
import io.visor.release.ReleaseEvent;
import io.visor.release.ReleaseException;
import io.visor.release.Stager;
import io.visor.release.VersionStore;
import io.visor.store.DurableFiles;
import io.visor.time.Scheduler;
import io.visor.time.SystemScheduler;
import io.visor.upgrade.Candidates;
import io.visor.upgrade.Decision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// Sets a home up: its folders, the version that the chain asks for, and the links to it. Doing it
/// again changes nothing that is as it should be.
public final class HomeSetup {

    private static final String CONFIG =
            """
            # Visor's configuration. Everything in it has a default; see docs/configuration.md.
            #
            # chain:
            #   chain-id: lava-mainnet-1
            #   endpoints: [tcp://127.0.0.1:26657]
            # services:
            #   - name: alice-LAV1
            #     program: lavap
            #     command: lavap rpcprovider lav1.yml --from alice --geolocation 1
            """;

    private final Home home;
    private final VisorConfig config;
    private final ProgramSpec program;
    private final Map<String, String> environment;
    private final Listener listener;

    /// Told what goes on, to show it to a person.
    public interface Listener {

        /// Something happened.
        void onLine(String text);

        /// More of a download has come.
        ///
        /// @param text what to show in the place of what was shown before
        void onProgress(String text);

        /// Whether every step of a download is shown, as to a person; if not, only some are, as
        /// lines.
        boolean wantsEveryStep();
    }

    /// What was found and done.
    ///
    /// @param requirement what the chain asks for
    /// @param version the version that is active now
    /// @param binary its binary
    /// @param link the home's link to it
    /// @param pathLink the link on PATH, if one was made or was there
    /// @param changed whether anything was changed
    public record Result(
            Requirement requirement,
            Version version,
            Path binary,
            Path link,
            Optional<Path> pathLink,
            boolean changed) {}

    /// Prepares the work; nothing is done yet.
    public HomeSetup(
            Home home,
            VisorConfig config,
            ProgramSpec program,
            Map<String, String> environment,
            Listener listener) {
        this.home = home;
        this.config = config;
        this.program = program;
        this.environment = environment;
        this.listener = listener;
    }

    /// Does the work.
    ///
    /// @param userAgent what visor calls itself to other machines
    /// @param linkDirectory where the link on PATH is made; nothing: where the binary stands today,
    ///   else a usual place
    /// @param force whether a link that visor did not make is replaced
    /// @throws CannotException that says what could not be done
    public Result run(String userAgent, Optional<Path> linkDirectory, boolean force)
            throws InterruptedException {
        Scheduler scheduler =
                new SystemScheduler((_, failure) -> listener.onLine(String.valueOf(failure)));
        makeFolders();
        try (Clients clients =
                new Clients(
                        environment, new ShortCommand(new ChildTable()), scheduler, userAgent)) {
            Requirement requirement = ask(clients);
            VersionStore store = Clients.store(home, program);
            Stager stager = clients.stager(program, store, new Progress(scheduler)::on);
            ActiveLink link = new ActiveLink(store, home.bin(), program.binary());
            Optional<Version> active = active(link);
            Version version = install(stager, store, active, requirement);
            boolean linked = !active.equals(Optional.of(version));
            if (linked) {
                activate(link, version);
            }
            Optional<PathLink.Result> onPath = linkOnPath(linkDirectory, force);
            onPath.flatMap(PathLink.Result::movedTo)
                    .ifPresent(
                            to -> listener.onLine("what stood in the link's place is now " + to));
            return new Result(
                    requirement,
                    version,
                    store.binary(version),
                    link.path(),
                    onPath.map(PathLink.Result::link),
                    linked || onPath.map(PathLink.Result::changed).orElse(false));
        }
    }

    private void makeFolders() {
        try {
            for (Path folder :
                    new Path[] {
                        home.upgrades(program.name()),
                        home.bin(),
                        home.logs(),
                        home.protocolConfigs()
                    }) {
                DurableFiles.createDirectories(folder);
            }
            if (!Files.exists(home.config())) {
                DurableFiles.write(home.config(), CONFIG.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw HomeFailures.unwritable("set up the home", home, e);
        }
    }

    private Requirement ask(Clients clients) {
        try (VersionAuthority chain = clients.authority(config.chain(), new SplittableRandom())) {
            Observation observation = chain.ask();
            return Requirement.of(observation, program.role() == null ? Role.BOTH : program.role());
        } catch (ChainException e) {
            if (e.kind() == ChainException.Kind.WRONG_CHAIN) {
                throw CannotException.untilChanged(
                        "follow the chain", e.why() + "; correct --chain-id or --node");
            }
            throw CannotException.now("ask the chain", e.why() + "; check --node", e);
        }
    }

    private static Optional<Version> active(ActiveLink link) {
        try {
            return link.active();
        } catch (ReleaseException e) {
            throw HomeFailures.unwritable("read the active link", e.why());
        }
    }

    private Version install(
            Stager stager, VersionStore store, Optional<Version> active, Requirement requirement)
            throws InterruptedException {
        Decision decision = Decision.decide(active.orElse(null), requirement, Set.of());
        Version wanted =
                decision instanceof Decision.Install install
                        ? install.move().to()
                        : active.orElseThrow();
        boolean refused = active.isEmpty() || active.get().isBelow(requirement.min());
        try {
            Manifest manifest =
                    new Candidates(stager, store)
                            .stage(
                                    wanted,
                                    refused ? requirement.min() : null,
                                    Set.of(),
                                    program.upgrade().auto().fetches(),
                                    () -> {});
            return manifest.version();
        } catch (ReleaseException e) {
            throw notInstalled(program.name() + " " + wanted, store.binary(wanted), e);
        }
    }

    /// Says why a release could not be installed, and what to do: change something first, or only
    /// try again later.
    private CannotException notInstalled(String release, Path binary, ReleaseException e) {
        String later = "nothing was changed, try again later";
        return switch (e.kind()) {
            case NOT_HERE ->
                    untilChanged(release, e, "use --auto-download, or put the binary at " + binary);
            case ASSURANCE ->
                    untilChanged(
                            release,
                            e,
                            "name the list of checksums, or require L0 in " + home.config());
            case CHANGED -> untilChanged(release, e, "use --auto-download to have it fetched anew");
            case UNSAFE -> untilChanged(release, e, "nothing was changed");
            case DISK ->
                    e.getCause() instanceof IOException cause && FileFailures.isFull(cause)
                            ? now(release, e, "make room")
                            : untilChanged(release, e, "nothing was changed");
            case WRONG_BINARY ->
                    program.upgrade().auto().fetches()
                            ? now(release, e, later)
                            : untilChanged(
                                    release,
                                    e,
                                    "put the right binary there, or use --auto-download");
            case NOT_PUBLISHED, DOWNLOAD, CHECKSUM -> now(release, e, later);
        };
    }

    private static CannotException untilChanged(String release, ReleaseException e, String next) {
        return CannotException.untilChanged("install " + release, e.why() + "; " + next);
    }

    private static CannotException now(String release, ReleaseException e, String next) {
        return CannotException.now("install " + release, e.why() + "; " + next, e);
    }

    private static void activate(ActiveLink link, Version version) {
        try {
            link.activate(version);
        } catch (ReleaseException e) {
            throw HomeFailures.unwritable("link " + link.path(), e.why());
        }
    }

    private Optional<PathLink.Result> linkOnPath(Optional<Path> directory, boolean force) {
        PathLink pathLink = new PathLink(home, program.binary(), environment);
        Optional<Path> place =
                directory.map(path -> path.resolve(program.binary())).or(pathLink::place);
        try {
            return place.map(path -> pathLink.make(path, force));
        } catch (ReleaseException e) {
            boolean forceHelps =
                    e.kind() == ReleaseException.Kind.UNSAFE
                            && Files.isSymbolicLink(place.orElseThrow());
            CannotException failure =
                    CannotException.untilChanged(
                            "link " + place.orElseThrow(),
                            e.why()
                                    + (forceHelps ? "; replace it with --force, " : "; ")
                                    + "name another directory with --link-dir, or have "
                                    + home.bin()
                                    + " on PATH");
            if (directory.isEmpty() && e.kind() == ReleaseException.Kind.DISK) {
                // Nobody asked for the link, and visor itself does not need it.
                listener.onLine("cannot " + failure.what() + ": " + failure.why());
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// Shows what the stager tells.
    private final class Progress {

        private final ProgressLog lines;

        Progress(Scheduler scheduler) {
            this.lines =
                    new ProgressLog(
                            scheduler.clock(),
                            listener.wantsEveryStep()
                                    ? (text, _, _) -> listener.onProgress(text)
                                    : new SparseProgress(scheduler.clock(), listener::onLine));
        }

        void on(ReleaseEvent event) {
            String name = event.program() + " " + event.version();
            switch (event) {
                case ReleaseEvent.Fetching fetching -> {
                    lines.begin();
                    listener.onLine("fetching " + name + " from " + fetching.from());
                }
                case ReleaseEvent.Progress progress -> lines.on(progress);
                case ReleaseEvent.Awaiting _ ->
                        listener.onLine("waiting for another visor that fetches " + name);
                case ReleaseEvent.Fetched fetched ->
                        listener.onLine(
                                EventLog.fetched(
                                        fetched.program(), fetched.manifest(), fetched.took()));
                case ReleaseEvent.Adopted _ ->
                        listener.onLine(
                                name
                                        + " was here already; its version was checked and it was"
                                        + " taken over");
                case ReleaseEvent.SetAside aside ->
                        listener.onLine(name + " was moved to " + aside.to() + ": " + aside.why());
            }
        }
    }
}

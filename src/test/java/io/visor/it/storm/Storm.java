package io.visor.it.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.visor.api.ControlClient;
import io.visor.api.ControlException;
import io.visor.api.InstanceStatus;
import io.visor.api.ProgramStatus;
import io.visor.devnet.Devnet;
import io.visor.devnet.DevnetChain;
import io.visor.devnet.ReleaseHost;
import io.visor.it.Network;
import io.visor.it.Visor;
import io.visor.it.Visor.Place;
import io.visor.model.Version;
import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// A network, a home with two services of `lavap`, and releases that tell on visor when it breaks a
/// rule: each process holds a lock of its service, so that a second one is noticed, and writes down
/// which version it is.
final class Storm implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> SERVICES = List.of("alice", "bob");

    private final Path directory;
    private final Path home;
    private final Network network;
    private final ControlClient client;
    private int newest;
    private Version running;

    /// What becomes of a release.
    enum Fate {
        /// It runs.
        GOOD,
        /// Its processes end soon after they start.
        BAD,
        /// What the host sends first is not what was announced.
        CORRUPT
    }

    Storm(Path directory) throws IOException {
        this.directory = directory;
        this.network = new Network(directory);
        StringBuilder yaml =
                new StringBuilder(
                        "programs: {lavap: {upgrade: {health-window: 300ms}}}\nservices:\n");
        for (String service : SERVICES) {
            yaml.append(
                    "  - {name: %s, program: lavap, command: lavap rpcprovider %s, "
                                    .formatted(service, service)
                            + "working-directory: %s, restart: {delay: 50ms}, stop: {grace: 1s}}\n"
                                    .formatted(directory));
        }
        this.home = network.home("home", yaml.toString());
        this.client =
                new ControlClient(
                        home.resolve(".lavavisor/instances/start"),
                        new SystemScheduler((_, failure) -> failure.printStackTrace()).clock());
        this.running = publish(Fate.GOOD);
        propose(running);
    }

    /// Publishes the next release.
    Version publish(Fate fate) throws IOException {
        Version version = Version.of("3.0." + newest++);
        String ends = fate == Fate.BAD ? "sleep 0.05; exit 3" : "exec sleep 1000";
        String script =
                """
                #!/bin/sh
                case $1 in version) echo %1$s; exit ;; esac
                exec 9>"only-$2"
                flock -n 9
                # 1 says that somebody else has it; a flock that was killed itself says nothing.
                case $? in 0) ;; 1) echo "$2 %1$s" >> twice; exit 1 ;; *) exit 1 ;; esac
                echo "$2 %1$s $$" >> started
                %2$s
                """
                        .formatted(version, ends);
        host().publish(version, script.getBytes(StandardCharsets.UTF_8));
        if (fate == Fate.CORRUPT) {
            host().breakRelease(version, ReleaseHost.Fault.CORRUPT);
        }
        return version;
    }

    private ReleaseHost host() {
        Devnet devnet = network.devnet;
        return devnet.releases();
    }

    /// Has the host send what was announced.
    void repair(Version version) {
        host().repair(version);
    }

    /// The chain wants a version from the next block on; an older one will do.
    void propose(Version version) {
        network.devnet.chain().propose(DevnetChain.versions(Version.of("1.0.0"), version), 0);
    }

    /// Starts visor.
    ///
    /// @param options of its virtual machine
    Visor start(String options) {
        return Place.in(directory)
                .with("VISOR_JAVA_OPTIONS", options)
                .start(network.flags(home, network.devnet.rpcUrl(), "start", "--auto-download"));
    }

    /// Which version runs when nothing happens any more.
    Version running() {
        return running;
    }

    /// A version has proven good.
    void trust(Version version) {
        running = version;
    }

    /// Waits until a version runs, in all services, and visor wants no other one.
    ///
    /// @param decision what visor has to say of what the chain wants then
    void awaitAtRest(Visor visor, Version version, String decision) {
        try {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !visor.isAlive() || isAtRest(version, decision));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "it does not come to rest at " + version + ":\n" + visor.err(), e);
        }
        assertThat(visor.isAlive()).as(visor.err()).isTrue();
        checkRules();
        assertThat(linked()).as(visor.err()).contains(version);
        for (String service : SERVICES) {
            assertThat(lastStart(service)).as(visor.err()).startsWith(service + " " + version);
        }
    }

    boolean isAtRest(Version version, String decision) throws InterruptedException {
        InstanceStatus status;
        try {
            status = client.status();
        } catch (ControlException e) {
            return false;
        }
        boolean up = status.services().stream().allMatch(one -> one.state().equals("running"));
        ProgramStatus program = status.programs().getFirst();
        boolean asked =
                program.required() != null
                        && program.required().target().equals("3.0." + (newest - 1));
        boolean over =
                List.of("idle", "committed", "rolled back").contains(program.upgrade().state());
        return up
                && asked
                && over
                && status.phase() == InstanceStatus.Phase.RUNNING
                && version.toString().equals(program.running())
                && program.decision().equals(decision);
    }

    /// Where its upgrade stands; null if visor does not say.
    @Nullable String upgradeState() throws InterruptedException {
        try {
            return client.status().programs().getFirst().upgrade().state();
        } catch (ControlException e) {
            return null;
        }
    }

    /// What must hold at every instant, whether visor runs or not.
    void checkRules() {
        assertThat(directory.resolve("twice")).as("two processes of a service").doesNotExist();
        Path link = home.resolve(".lavavisor/bin/lavap");
        if (Files.isSymbolicLink(link)) {
            Version version =
                    linked().orElseThrow(() -> new AssertionError(link + " leads astray"));
            assertThat(link)
                    .as("the link names a whole release")
                    .hasSameBinaryContentAs(host().file(version));
        }
        for (Path binary : binaries()) {
            Version version = Version.of(folder(binary));
            assertThat(binary)
                    .as("a release in its place is whole")
                    .hasSameBinaryContentAs(host().file(version));
        }
    }

    private List<Path> binaries() {
        Path upgrades = home.resolve(".lavavisor/upgrades");
        if (!Files.isDirectory(upgrades)) {
            return List.of();
        }
        try (Stream<Path> directories = Files.list(upgrades)) {
            return directories
                    .filter(one -> one.getFileName().toString().startsWith("v"))
                    .map(one -> one.resolve("lavap"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Optional<Version> linked() {
        try {
            Path target = home.resolve(".lavavisor/bin/lavap").toRealPath();
            return Version.parse(folder(target));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private String lastStart(String service) {
        return starts().stream().filter(line -> line.startsWith(service + " ")).toList().getLast();
    }

    private List<String> starts() {
        try {
            return Files.readAllLines(directory.resolve("started"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The processes of services that are alive.
    List<Long> processes() {
        List<Long> alive = new ArrayList<>();
        for (String line : starts()) {
            long pid = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
            if (runs(pid)) {
                alive.add(pid);
            }
        }
        return alive;
    }

    /// Whether a process of a service runs; after many upgrades its number may be another one's.
    /// One that nobody has waited for has no environment any more.
    private boolean runs(long pid) {
        try {
            String environment = Files.readString(Path.of("/proc", String.valueOf(pid), "environ"));
            return environment.contains("VISOR_SERVICE=" + home);
        } catch (IOException e) {
            return false;
        }
    }

    /// How many processes of services have been started.
    int count() {
        return starts().size();
    }

    @Override
    public void close() {
        network.close();
    }

    /// The name of the folder that a binary is in.
    private static String folder(Path binary) {
        return String.valueOf(Objects.requireNonNull(binary.getParent()).getFileName());
    }
}

package io.visor.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.devnet.Devnet;
import io.visor.devnet.ReleaseHost.Fault;
import io.visor.model.Assurance;
import io.visor.model.Lavap;
import io.visor.model.Platform;
import io.visor.model.ReleaseSpec;
import io.visor.model.Version;
import io.visor.net.Http;
import io.visor.net.Proxies;
import io.visor.os.FileLock;
import io.visor.process.ChildTable;
import io.visor.process.ShortCommand;
import io.visor.release.ReleaseException.Kind;
import io.visor.store.FaultPoints;
import io.visor.time.SystemScheduler;
import io.visor.time.Task;
import io.visor.upgrade.Candidates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Staging over real sockets and real files, against the embedded release host.
final class StagerTest {

    private static final Version V1 = Version.of("1.0.0");
    private static final Version V2 = Version.of("1.1.0");

    private final SystemScheduler scheduler =
            new SystemScheduler((_, failure) -> failure.printStackTrace());
    private final Http http =
            new Http(
                    new Proxies(Map.of()),
                    new Http.Limits(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ZERO),
                    "test");
    private final List<ReleaseEvent> events = Collections.synchronizedList(new ArrayList<>());
    private Devnet devnet;
    private Path root;
    private VersionStore store;
    private Stager stager;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        devnet =
                new Devnet(
                        new Devnet.Options(directory.resolve("devnet"), Duration.ofSeconds(1)),
                        scheduler);
        root = directory.resolve("home/upgrades");
        store = new VersionStore(Lavap.NAME, Lavap.BINARY, root);
        stager =
                stager(
                        new ReleaseSpec.UrlTemplate(
                                devnet.releaseTemplate(), devnet.checksumTemplate()),
                        Assurance.L1);
    }

    @AfterEach
    void stop() {
        devnet.close();
        http.close();
    }

    private Stager stager(ReleaseSpec.Source source, Assurance required) {
        return new Stager(
                store,
                new ReleaseSpec(source, required, List.of("version")),
                new HttpReleaseSource(http, http, source),
                machine(),
                events::add);
    }

    private Stager.Machine machine() {
        return new Stager.Machine(
                Platform.current(),
                new VersionProbe(
                        System.getenv(), new ShortCommand(new ChildTable()), scheduler.clock()),
                FileLock::tryAcquire,
                scheduler,
                FaultPoints.NONE);
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .filter(name -> !name.startsWith(".locks"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void fetchesVerifiesAndPutsInPlace() throws Exception {
        Manifest manifest = stager.stage(V1, true);
        assertThat(manifest.assurance()).isEqualTo(Assurance.L1);
        assertThat(manifest.source())
                .isEqualTo(devnet.releasesUrl() + "/v1.0.0/lavap-v1.0.0-" + Platform.current());
        assertThat(files()).containsExactly("v1.0.0/lavap", "v1.0.0/manifest.json");
        assertThat(Files.getPosixFilePermissions(store.binary(V1)))
                .isEqualTo(PosixFilePermissions.fromString("r-xr-xr-x"));
        assertThat(store.manifest(V1)).contains(manifest);
        assertThat(store.verified(V1)).isEqualTo(store.binary(V1));
        assertThat(store.local()).containsExactly(V1);
    }

    @Test
    void doesNotFetchAgainWhatIsHere() throws Exception {
        stager.stage(V1, true);
        stager.stage(V1, true);
        assertThat(devnet.releases().downloads()).isEqualTo(1);
    }

    @Test
    void fetchesFromGithubsPaths() throws Exception {
        ReleaseSpec.Github github =
                new ReleaseSpec.Github(
                        Lavap.REPOSITORY,
                        Lavap.ASSET,
                        Lavap.CHECKSUMS,
                        devnet.releasesUrl(),
                        devnet.releasesUrl());
        assertThat(stager(github, Assurance.L1).stage(V2, true).version()).isEqualTo(V2);
        assertThat(stager(github, Assurance.L1).published())
                .containsExactly(Version.of("2.0.0"), V2, V1);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void leavesNothingInPlaceOfABadRelease(Fault fault) throws Exception {
        devnet.releases().breakRelease(V2, fault);
        Kind expected =
                switch (fault) {
                    case CORRUPT, UNLISTED -> Kind.CHECKSUM;
                    case TRUNCATED, STALLED -> Kind.DOWNLOAD;
                    case MISSING -> Kind.NOT_PUBLISHED;
                    case WRONG_VERSION -> Kind.WRONG_BINARY;
                };
        assertThatThrownBy(() -> stager.stage(V2, true))
                .isInstanceOf(ReleaseException.class)
                .extracting(e -> ((ReleaseException) e).kind())
                .isEqualTo(expected);
        assertThat(files()).isEmpty();
        devnet.releases().repair(V2);
        assertThat(stager.stage(V2, true).version()).isEqualTo(V2);
    }

    @Test
    void theHostBeingAwayIsAFailureToRetry() {
        devnet.releases().close();
        assertThatThrownBy(() -> stager.stage(V1, true))
                .hasMessageContaining("refuses connections");
    }

    @Test
    void withoutAChecksumItIsUnproven() throws Exception {
        ReleaseSpec.Source source = new ReleaseSpec.UrlTemplate(devnet.releaseTemplate(), null);
        assertThatThrownBy(() -> stager(source, Assurance.L1).stage(V1, true))
                .hasMessage("1.0.0 is proven at L0 (unproven) only, and L1 (checksum) is required");
        assertThat(stager(source, Assurance.L0).stage(V1, true).assurance())
                .isEqualTo(Assurance.L0);
    }

    @Test
    void withoutLeaveToFetchItUsesWhatIsHere() throws Exception {
        assertThatThrownBy(() -> stager.stage(V1, false))
                .hasMessage("1.0.0 is not in " + root)
                .extracting(e -> ((ReleaseException) e).kind())
                .isEqualTo(Kind.NOT_HERE);
        putInPlace(V1, V1);
        assertThat(stager.stage(V1, false).isLocal()).isTrue();
        assertThat(events).hasAtLeastOneElementOfType(ReleaseEvent.Adopted.class);
        assertThat(devnet.releases().downloads()).isZero();
    }

    private void putInPlace(Version directory, Version binary) throws Exception {
        Files.createDirectories(store.directory(directory));
        Files.copy(devnet.releases().file(binary), store.binary(directory));
        Files.setPosixFilePermissions(
                store.binary(directory), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(
                store.directory(directory), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void adoptsNothingThatIsAnotherVersion() throws Exception {
        putInPlace(V2, V1);
        assertThatThrownBy(() -> stager.stage(V2, false))
                .hasMessage("\"lavap version\" prints 1.0.0, not 1.1.0");
    }

    @Test
    void adoptsNothingThatOthersMayChange() throws Exception {
        putInPlace(V1, V1);
        Files.setPosixFilePermissions(
                store.binary(V1), PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatThrownBy(() -> stager.stage(V1, false)).hasMessageContaining("chmod go-w");
        Files.setPosixFilePermissions(
                store.binary(V1), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(
                store.directory(V1), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> stager.stage(V1, false)).hasMessageContaining("chmod go-w");
    }

    @Test
    void movesWhatCannotBeUsedAwayAndFetches() throws Exception {
        Files.createDirectories(store.directory(V1));
        Files.writeString(store.binary(V1), "half of a download");
        assertThat(stager.stage(V1, true).isLocal()).isFalse();
        assertThat(files())
                .containsExactly(".aside/v1.0.0-1/lavap", "v1.0.0/lavap", "v1.0.0/manifest.json");
    }

    @Test
    void whatCannotBeUsedStaysUntilItsReplacementIsVerified() throws Exception {
        Files.createDirectories(store.directory(V1));
        Files.writeString(store.binary(V1), "half of a download");
        devnet.releases().breakRelease(V1, Fault.CORRUPT);
        assertThatThrownBy(() -> stager.stage(V1, true)).isInstanceOf(ReleaseException.class);
        assertThat(files()).containsExactly("v1.0.0/lavap");
    }

    @Test
    void aLinkInTheBinarysPlaceIsNotVerified(@TempDir Path elsewhere) throws Exception {
        stager.stage(V1, true);
        Path moved = elsewhere.resolve("lavap");
        Files.copy(store.binary(V1), moved);
        Files.delete(store.binary(V1));
        Files.createSymbolicLink(store.binary(V1), moved);
        assertThatThrownBy(() -> store.verified(V1))
                .hasMessage(store.binary(V1) + " is no regular file");
        assertThat(stager.stage(V1, true).isLocal()).isFalse();
        assertThat(Files.isSymbolicLink(store.binary(V1))).isFalse();
    }

    @Test
    void leftoversOfOtherVersionsGoUnlessTheyAreBeingMade() throws Exception {
        Path gone = Files.createDirectories(root.resolve(".staging/v0.9.0"));
        Path made = Files.createDirectories(root.resolve(".staging/v0.8.0"));
        Files.createDirectories(root.resolve(".locks"));
        try (FileLock unused = FileLock.tryAcquire(root.resolve(".locks/v0.8.0")).orElseThrow()) {
            stager.stage(V1, true);
        }
        assertThat(gone).doesNotExist();
        assertThat(made).exists();
    }

    @Test
    void tellsOfADelayOnlyWhenItFetches() throws Exception {
        List<Version> delayed = new ArrayList<>();
        putInPlace(V1, V1);
        stager.stage(V1, true, () -> delayed.add(V1));
        assertThat(delayed).isEmpty();
        Files.createDirectories(store.directory(V2));
        Files.writeString(store.binary(V2), "half of a download");
        stager.stage(V2, true, () -> delayed.add(V2));
        assertThat(delayed).containsExactly(V2);
    }

    @Test
    void aBrokenCandidateDoesNotHideTheLowerOnes() throws Exception {
        putInPlace(V2, V1);
        putInPlace(V1, V1);
        Version absent = Version.of("1.9.0");
        Candidates candidates = new Candidates(stager, store);
        assertThat(candidates.stage(absent, V1, Set.of(), false, () -> {}).version()).isEqualTo(V1);
    }

    /// Where nothing runs, what failed here is the last choice.
    @Test
    void aVersionThatIsHereIsBetterThanOneThatFailedHere() throws Exception {
        putInPlace(V1, V1);
        putInPlace(V2, V2);
        Version failed = Version.of("2.0.0");
        putInPlace(failed, failed);
        Candidates candidates = new Candidates(stager, store);
        Set<Version> held = Set.of(failed);
        assertThat(candidates.stage(failed, V1, held, true, () -> {}).version()).isEqualTo(V2);
        assertThat(candidates.stage(failed, V1, Set.of(failed, V2), true, () -> {}).version())
                .isEqualTo(V1);
        assertThat(candidates.stage(failed, failed, held, true, () -> {}).version())
                .as("the only one that the network accepts")
                .isEqualTo(failed);
        assertThat(candidates.stage(failed, null, held, true, () -> {}).version())
                .as("the only one that is asked for")
                .isEqualTo(failed);
        assertThat(candidates.stage(failed, V1, Set.of(), true, () -> {}).version())
                .isEqualTo(failed);
    }

    @Test
    void secretsOfAReleasesAddressAreShownNowhere() throws Exception {
        String template = devnet.releaseTemplate().replace("://", "://me:hush@") + "?sig=hush";
        ReleaseSpec.Source source =
                new ReleaseSpec.UrlTemplate(template, devnet.checksumTemplate() + "?sig=hush");
        Manifest manifest = stager(source, Assurance.L1).stage(V1, true);
        assertThat(manifest.source()).contains("***@").doesNotContain("hush");
        assertThat(Files.readString(store.directory(V1).resolve(Manifest.FILE)))
                .doesNotContain("hush");
        assertThat(events.toString()).doesNotContain("hush");
        assertThatThrownBy(() -> stager(source, Assurance.L1).stage(Version.of("9.9.9"), true))
                .message()
                .doesNotContain("hush");
    }

    @Test
    void noticesThatABinaryWasChanged() throws Exception {
        stager.stage(V1, true);
        Files.setPosixFilePermissions(
                store.binary(V1), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(store.binary(V1), "#!/bin/sh\necho 1.0.0\n");
        assertThatThrownBy(() -> store.verified(V1)).hasMessageContaining("was changed");
        assertThatThrownBy(() -> stager.stage(V1, false)).hasMessageContaining("was changed");
        assertThat(stager.stage(V1, true).isLocal()).isFalse();
        assertThat(Files.size(store.binary(V1))).isGreaterThan(100);
    }

    @Test
    void anInterruptedFetchLeavesNothing() throws Exception {
        devnet.releases().breakRelease(V1, Fault.STALLED);
        Task task =
                scheduler.start(
                        "stage",
                        () -> {
                            try {
                                stager.stage(V1, true);
                            } catch (ReleaseException e) {
                                // The stalled body ends in a time limit if the cancellation comes
                                // late.
                                return;
                            }
                        });
        org.awaitility.Awaitility.await()
                .until(() -> events.stream().anyMatch(ReleaseEvent.Fetching.class::isInstance));
        task.cancel();
        assertThat(task.join(Duration.ofSeconds(10))).isTrue();
        assertThat(files()).isEmpty();
    }

    @Test
    void severalInstancesFetchOnce() throws Exception {
        List<Task> tasks = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 4; i++) {
            tasks.add(
                    scheduler.start(
                            "instance-" + i,
                            () -> {
                                VersionStore own = new VersionStore(Lavap.NAME, Lavap.BINARY, root);
                                ReleaseSpec.Source source =
                                        new ReleaseSpec.UrlTemplate(
                                                devnet.releaseTemplate(),
                                                devnet.checksumTemplate());
                                try {
                                    new Stager(
                                                    own,
                                                    new ReleaseSpec(
                                                            source,
                                                            Assurance.L1,
                                                            List.of("version")),
                                                    new HttpReleaseSource(http, http, source),
                                                    machine(),
                                                    events::add)
                                            .stage(V1, true);
                                } catch (RuntimeException e) {
                                    failures.add(e);
                                }
                            }));
        }
        for (Task task : tasks) {
            assertThat(task.join(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(failures).isEmpty();
        assertThat(devnet.releases().downloads()).isEqualTo(1);
    }
}

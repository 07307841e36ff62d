package io.visor.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.visor.devnet.Devnet;
import io.visor.devnet.DevnetChain;
import io.visor.model.ChainSpec;
import io.visor.model.EndpointAddress;
import io.visor.model.Observation;
import io.visor.model.ProtocolVersions;
import io.visor.model.Version;
import io.visor.net.Http;
import io.visor.net.Proxies;
import io.visor.time.SystemScheduler;
import io.visor.time.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The authority over real sockets, against the embedded network.
final class LavaChainTest {

    private final SystemScheduler scheduler =
            new SystemScheduler((thread, failure) -> failures.add(thread + ": " + failure));
    private static final ConcurrentLinkedDeque<String> failures = new ConcurrentLinkedDeque<>();
    private final Http http = new Http(new Proxies(Map.of()), Http.Limits.SHORT, "test");
    private final ConcurrentLinkedDeque<ChainEvent> events = new ConcurrentLinkedDeque<>();
    private Devnet devnet;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        devnet = new Devnet(new Devnet.Options(directory, Duration.ofMillis(100)), scheduler);
    }

    @AfterEach
    void stop() {
        devnet.close();
        http.close();
        assertThat(failures).isEmpty();
    }

    private String url(String transport) {
        return switch (transport) {
            case "rpc" -> devnet.rpcUrl();
            case "grpc" -> devnet.grpcUrl();
            default -> devnet.restUrl();
        };
    }

    private LavaChain chain(String chainId, String... urls) {
        List<EndpointAddress> endpoints = Stream.of(urls).map(EndpointAddress::parse).toList();
        return LavaChain.of(
                new ChainSpec(chainId, endpoints, 0),
                http,
                new Proxies(Map.of()),
                "test",
                scheduler,
                new SplittableRandom(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpc", "grpc", "rest"})
    void asksOverEveryTransport(String transport) {
        devnet.chain().makeBlock();
        devnet.chain().propose(DevnetChain.versions(Version.of("1.0.0"), Version.of("1.1.0")), 0);
        devnet.chain().makeBlock();
        try (LavaChain chain = chain("lava", url(transport))) {
            Observation observation = chain.ask();
            assertThat(observation.versions().providerTarget()).isEqualTo(Version.of("1.1.0"));
            assertThat(observation.versions().consumerMin()).isEqualTo(Version.of("1.0.0"));
            assertThat(observation.height()).isEqualTo(devnet.chain().newest().height());
            assertThat(observation.chainId()).isEqualTo("lava");
            assertThat(observation.blockTime()).isEqualTo(devnet.chain().newest().time());
            assertThat(observation.endpoint()).isEqualTo(url(transport));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpc", "grpc", "rest"})
    void followsTheChainOverEveryTransport(String transport) throws Exception {
        devnet.chain().run();
        try (LavaChain chain = chain("lava", url(transport))) {
            Task task = scheduler.start("follow", () -> chain.follow(events::add));
            await().until(() -> events.stream().anyMatch(ChainEvent.Observed.class::isInstance));
            devnet.chain()
                    .propose(DevnetChain.versions(Version.of("1.0.0"), Version.of("2.0.0")), 0);
            await().until(() ->
                    events.peekLast() instanceof ChainEvent.Observed(Observation observation)
                            && observation.versions().providerTarget().equals(Version.of("2.0.0")));
            task.cancel();
            assertThat(task.join(Duration.ofSeconds(10))).isTrue();
        }
        await().until(() -> events.stream().anyMatch(ChainEvent.Following.class::isInstance));
        boolean subscribed =
                events.stream()
                        .filter(ChainEvent.Following.class::isInstance)
                        .map(event -> ((ChainEvent.Following) event).subscribed())
                        .reduce((_, last) -> last)
                        .orElseThrow();
        assertThat(subscribed).isEqualTo(transport.equals("rpc"));
    }

    @Test
    void refusesAnotherChainAndNamesBoth() {
        try (LavaChain chain = chain("lava-mainnet-1", devnet.rpcUrl())) {
            assertThatThrownBy(chain::ask)
                    .isInstanceOf(ChainException.class)
                    .hasMessage(devnet.rpcUrl() + " answers for \"lava\", not \"lava-mainnet-1\"")
                    .extracting(e -> ((ChainException) e).kind())
                    .isEqualTo(ChainException.Kind.WRONG_CHAIN);
        }
    }

    @Test
    void asksTheNextEndpointWhenOneFails() {
        try (LavaChain chain =
                chain("lava", "tcp://127.0.0.1:1", devnet.restUrl(), devnet.rpcUrl())) {
            assertThat(chain.ask().endpoint()).isEqualTo(devnet.restUrl());
        }
    }

    @Test
    void goesOnWithTheNextEndpointWhileFollowing() {
        devnet.chain().run();
        try (LavaChain chain = chain("lava", "tcp://127.0.0.1:1", devnet.rpcUrl())) {
            Task task = scheduler.start("follow", () -> chain.follow(events::add));
            await().until(() -> events.peekLast() instanceof ChainEvent.Observed);
            assertThat(events.peekFirst()).isInstanceOf(ChainEvent.EndpointFailed.class);
            task.cancel();
        }
    }

    @Test
    void saysOfEachEndpointWhyItCannotBeAsked() {
        try (LavaChain chain = chain("lava", "tcp://127.0.0.1:1", "rest+http://127.0.0.1:2")) {
            assertThatThrownBy(chain::ask)
                    .hasMessageContaining("127.0.0.1:1 refuses connections")
                    .hasMessageContaining("127.0.0.1:2");
        }
    }

    @Test
    void aNodeThatCatchesUpIsNotBelieved() {
        devnet.chain().setCatchingUp(true);
        try (LavaChain chain = chain("lava", devnet.rpcUrl())) {
            assertThatThrownBy(chain::ask).hasMessageContaining("is catching up, at height");
        }
    }

    @Test
    void aHeightThatGoesBackIsSaidAndChangesNothing() {
        devnet.chain().makeBlock();
        devnet.chain().makeBlock();
        devnet.chain().run();
        try (LavaChain chain = chain("lava", devnet.restUrl())) {
            Task task = scheduler.start("follow", () -> chain.follow(events::add));
            await().until(() -> events.peekLast() instanceof ChainEvent.Observed);
            devnet.chain().halt();
            devnet.chain().rewind(1);
            await().until(() ->
                    events.stream()
                            .anyMatch(event ->
                                    event instanceof ChainEvent.EndpointFailed failed
                                            && failed.failure().why().contains("behind")));
            task.cancel();
        }
    }

    /// A node that answers as it is told to.
    private record Told(String name, Supplier<Instant> time, AtomicInteger asked) implements Node {

        @Override
        public Status status() {
            return new Status("lava", asked.incrementAndGet(), time.get(), false);
        }

        @Override
        public Versions versions(long height) {
            if (asked.get() > 1) {
                throw new ChainException(ChainException.Kind.NO_ANSWER, name + " is gone");
            }
            Version version = Version.of("1.0.0");
            return new Versions(new ProtocolVersions(version, version, version, version), 0);
        }

        @Override
        public Optional<Feed> subscribe(BlockListener listener) {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }

    private LavaChain chain(Node... nodes) {
        return new LavaChain(
                new ChainSpec("lava", List.of(EndpointAddress.parse("tcp://unused:1")), 0),
                List.of(nodes),
                scheduler,
                new SplittableRandom(1));
    }

    @Test
    void anAnswerThatNobodyThoughtOfDoesNotEndTheFollowing() {
        Node hostile =
                new Told(
                        "hostile",
                        () -> Instant.ofEpochSecond(Long.MAX_VALUE, Long.MAX_VALUE),
                        new AtomicInteger());
        Node honest = new Told("honest", () -> Instant.EPOCH, new AtomicInteger());
        Task task = scheduler.start("follow", () -> chain(hostile, honest).follow(events::add));
        await().until(() -> events.stream().anyMatch(ChainEvent.Observed.class::isInstance));
        assertThat(events.peekFirst())
                .isInstanceOfSatisfying(
                        ChainEvent.EndpointFailed.class,
                        failed ->
                                assertThat(failed.failure().kind())
                                        .isEqualTo(ChainException.Kind.UNREADABLE));
        task.cancel();
    }

    @Test
    void endpointsThatAnswerOnceAndFailAreNotAskedWithoutAPause() {
        Node one = new Told("one", () -> Instant.EPOCH, new AtomicInteger());
        Node two = new Told("two", () -> Instant.EPOCH, new AtomicInteger());
        Task task = scheduler.start("follow", () -> chain(one, two).follow(events::add));
        await().until(() -> events.stream().anyMatch(ChainEvent.EndpointFailed.class::isInstance));
        ChainEvent.EndpointFailed failed =
                (ChainEvent.EndpointFailed)
                        events.stream()
                                .filter(ChainEvent.EndpointFailed.class::isInstance)
                                .findFirst()
                                .orElseThrow();
        assertThat(failed.retryIn()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        task.cancel();
    }
}

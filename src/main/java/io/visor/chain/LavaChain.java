package io.visor.chain;

import io.visor.chain.ChainException.Kind;
import io.visor.model.Backoff;
import io.visor.model.ChainSpec;
import io.visor.model.EndpointAddress;
import io.visor.model.Observation;
import io.visor.net.GrpcClient;
import io.visor.net.Http;
import io.visor.net.Proxies;
import io.visor.time.Clock;
import io.visor.time.Scheduler;
import io.visor.time.Wakeup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The Lava chain as a version authority. One endpoint is followed at a time; when it fails, the
/// next one is.
public final class LavaChain implements VersionAuthority {

    /// The pause after all endpoints have failed in a row.
    private static final Backoff RETRY =
            new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(60));

    /// The least pause after the failure of an endpoint that was followed: endpoints that answer
    /// once each and then fail must not be asked without any pause.
    private static final Duration AFTER_CREDIBLE = Duration.ofSeconds(1);

    /// A subscription that brings no block for this many block times is silent: the node is asked,
    /// and if its height has grown meanwhile, the subscription is made anew.
    private static final int SILENT_BLOCKS = 3;

    /// How often a subscription that failed is tried again, while the node is polled.
    private static final Duration RESUBSCRIBE = Duration.ofSeconds(30);

    private final ChainSpec spec;
    private final List<Node> nodes;
    private final Scheduler scheduler;
    private final Clock clock;
    private final RandomGenerator random;

    LavaChain(ChainSpec spec, List<Node> nodes, Scheduler scheduler, RandomGenerator random) {
        this.spec = spec;
        this.nodes = List.copyOf(nodes);
        this.scheduler = scheduler;
        this.clock = scheduler.clock();
        this.random = random;
    }

    /// The chain behind real endpoints. Nothing is asked yet.
    ///
    /// @param http closed by its owner
    public static LavaChain of(
            ChainSpec spec,
            Http http,
            Proxies proxies,
            String userAgent,
            Scheduler scheduler,
            RandomGenerator random) {
        List<Node> nodes = new ArrayList<>();
        for (EndpointAddress address : spec.endpoints()) {
            nodes.add(
                    switch (address.transport()) {
                        case RPC -> new RpcNode(http, address);
                        case REST -> new RestNode(http, address);
                        case GRPC ->
                                new GrpcNode(
                                        new GrpcClient(
                                                address.host(),
                                                address.port(),
                                                address.tls(),
                                                proxies,
                                                userAgent,
                                                address.toString()),
                                        address);
                    });
        }
        return new LavaChain(spec, nodes, scheduler, random);
    }

    @Override
    public Observation ask() {
        List<ChainException> failures = new ArrayList<>();
        for (Node node : nodes) {
            try {
                return credible(node, new Evidence());
            } catch (ChainException e) {
                failures.add(e);
            }
        }
        boolean wrongChain =
                failures.stream().allMatch(failure -> failure.kind() == Kind.WRONG_CHAIN);
        throw new ChainException(
                wrongChain ? Kind.WRONG_CHAIN : Kind.NO_ANSWER,
                String.join("; ", failures.stream().map(ChainException::why).toList()));
    }

    /// One answer of a node that counts.
    ///
    /// @throws ChainException if there is none
    private Observation credible(Node node, Evidence evidence) {
        return asked(
                node,
                () -> {
                    Observation observation = observe(node);
                    evidence.judge(observation, clock.monotonic());
                    return observation;
                });
    }

    /// Whatever an answer leads to that nobody has thought of is a failure of the node that gave
    /// it, and must not end the following of the others.
    private static <T> T asked(Node node, Supplier<T> question) {
        try {
            return question.get();
        } catch (ChainException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new ChainException(
                    Kind.UNREADABLE, node.name() + " gives an answer that cannot be used: " + e, e);
        }
    }

    /// One answer of a node.
    ///
    /// @throws ChainException if there is none, or the node follows another chain
    private Observation observe(Node node) {
        Node.Status status = node.status();
        if (!status.chainId().equals(spec.chainId())) {
            throw new ChainException(
                    Kind.WRONG_CHAIN,
                    node.name()
                            + " answers for \""
                            + status.chainId()
                            + "\", not \""
                            + spec.chainId()
                            + "\"");
        }
        Node.Versions versions = node.versions(spec.height());
        return new Observation(
                node.name(),
                status.chainId(),
                versions.versions(),
                Math.max(status.height(), versions.height()),
                status.blockTime(),
                status.catchingUp(),
                clock.now());
    }

    @Override
    public void follow(Consumer<ChainEvent> listener) throws InterruptedException {
        Evidence evidence = new Evidence();
        int failuresInARow = 0;
        for (int i = 0; ; i = (i + 1) % nodes.size()) {
            Following following = new Following(nodes.get(i), evidence, listener);
            try {
                following.run();
            } catch (ChainException e) {
                failuresInARow = following.credible ? 1 : failuresInARow + 1;
                int rounds = failuresInARow / nodes.size();
                boolean allFailed = rounds > 0 && failuresInARow % nodes.size() == 0;
                Duration pause =
                        allFailed ? RETRY.delay(rounds, random.nextDouble()) : Duration.ZERO;
                if (following.credible && pause.compareTo(AFTER_CREDIBLE) < 0) {
                    pause = AFTER_CREDIBLE;
                }
                listener.accept(new ChainEvent.EndpointFailed(nodes.get(i).name(), e, pause));
                clock.sleep(pause);
            }
        }
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }

    /// One endpoint being followed, until it fails.
    private final class Following {

        private final Node node;
        private final Evidence evidence;
        private final Consumer<ChainEvent> listener;
        private final Wakeup wakeup = scheduler.wakeup();
        private @Nullable Subscription subscription;
        private Duration subscribeAt = Duration.ZERO;
        private Subscription.@Nullable State announced;
        private boolean credible;

        Following(Node node, Evidence evidence, Consumer<ChainEvent> listener) {
            this.node = node;
            this.evidence = evidence;
            this.listener = listener;
        }

        /// Ends only by an exception.
        void run() throws InterruptedException {
            try {
                while (true) {
                    subscribeIfDue();
                    Observation observation = credible(node, evidence);
                    credible = true;
                    listener.accept(new ChainEvent.Observed(observation));
                    announce();
                    boolean called = wakeup.await(pause());
                    if (!called
                            && isOpen()
                            && asked(node, node::status).height() > observation.height()) {
                        // The chain goes on, but the subscription is silent.
                        unsubscribe();
                    }
                }
            } finally {
                unsubscribe();
            }
        }

        private boolean isOpen() {
            return subscription != null && subscription.state == Subscription.State.OPEN;
        }

        private Duration pause() {
            return isOpen()
                    ? evidence.blockTime().multipliedBy(SILENT_BLOCKS)
                    : evidence.blockTime();
        }

        private void announce() {
            Subscription.State state =
                    subscription == null ? Subscription.State.ENDED : subscription.state;
            if (state != Subscription.State.PENDING && state != announced) {
                announced = state;
                listener.accept(
                        new ChainEvent.Following(node.name(), state == Subscription.State.OPEN));
            }
        }

        private void subscribeIfDue() {
            if (subscription != null && subscription.state == Subscription.State.ENDED) {
                unsubscribe();
                subscribeAt = clock.monotonic().plus(RESUBSCRIBE);
            }
            if (subscription == null && clock.monotonic().compareTo(subscribeAt) >= 0) {
                Subscription made = new Subscription(wakeup);
                Optional<Node.Feed> feed = asked(node, () -> node.subscribe(made));
                made.feed = feed.orElse(null);
                subscription = feed.isPresent() ? made : null;
            }
        }

        private void unsubscribe() {
            if (subscription != null) {
                subscription.close();
                subscription = null;
            }
        }
    }

    /// What is known of a subscription to new blocks.
    private static final class Subscription implements Node.BlockListener {

        enum State {
            PENDING,
            OPEN,
            ENDED
        }

        private final Wakeup wakeup;
        private volatile State state = State.PENDING;
        private Node.@Nullable Feed feed;

        Subscription(Wakeup wakeup) {
            this.wakeup = wakeup;
        }

        @Override
        public void onSubscribed() {
            state = State.OPEN;
            wakeup.signal();
        }

        @Override
        public void onBlock() {
            wakeup.signal();
        }

        @Override
        public void onEnd(String why) {
            state = State.ENDED;
            wakeup.signal();
        }

        void close() {
            if (feed != null) {
                feed.close();
            }
        }
    }
}

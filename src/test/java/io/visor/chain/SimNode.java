package io.visor.chain;

import io.visor.chain.ChainException.Kind;
import io.visor.model.ChainSpec;
import io.visor.model.ProtocolVersions;
import io.visor.time.Clock;
import io.visor.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A node of a simulated chain. Its state belongs to the world; whoever asks it is one of the lives
/// of a visor.
public final class SimNode {

    /// The chain that nodes follow.
    public interface Chain {

        String id();

        long height();

        Instant blockTime();

        ProtocolVersions versions();
    }

    /// How a node does.
    public enum Mode {
        HONEST,
        /// It cannot be reached.
        DOWN,
        /// It takes long to answer, and then does not.
        SILENT,
        /// It has stopped at a height.
        STUCK,
        /// It is behind, and says so.
        CATCHING_UP,
        /// It is on another chain.
        ELSEWHERE,
        /// It says whatever.
        LYING
    }

    private static final Duration LATENCY = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final Chain chain;
    private final RandomGenerator random;
    private Mode mode = Mode.HONEST;
    private long stuckAt;
    private Instant stuckTime = Instant.EPOCH;
    private @Nullable ProtocolVersions stuckVersions;
    private final List<Connection> connections = new ArrayList<>();

    public SimNode(String name, Chain chain, RandomGenerator random) {
        this.name = name;
        this.chain = chain;
        this.random = random;
    }

    /// Changes how it does. Connections break where it cannot be reached any more.
    public void set(Mode next) {
        mode = next;
        stuckAt = Math.max(1, chain.height() - (next == Mode.CATCHING_UP ? 500 : 0));
        stuckTime = chain.blockTime();
        stuckVersions = chain.versions();
        if (next != Mode.HONEST && next != Mode.LYING) {
            List.copyOf(connections).forEach(Connection::end);
        }
    }

    /// Tells those who follow it of a block.
    public void announce() {
        if (mode == Mode.HONEST || mode == Mode.LYING) {
            List.copyOf(connections).forEach(connection -> connection.listener.onBlock());
        }
    }

    /// The visor that was connected is gone.
    public void forget() {
        connections.clear();
    }

    /// The authority of a visor that asks these nodes.
    public static VersionAuthority authority(
            ChainSpec spec, List<SimNode> nodes, Scheduler scheduler, RandomGenerator random) {
        List<Node> views = new ArrayList<>();
        nodes.forEach(node -> views.add(node.new View(scheduler.clock())));
        return new LavaChain(spec, views, scheduler, random);
    }

    private final class Connection {
        private final Node.BlockListener listener;

        Connection(Node.BlockListener listener) {
            this.listener = listener;
        }

        void end() {
            if (connections.remove(this)) {
                listener.onEnd("the connection broke");
            }
        }
    }

    /// The node as one visor sees it.
    private final class View implements Node {

        private final Clock clock;

        View(Clock clock) {
            this.clock = clock;
        }

        @Override
        public String name() {
            return name;
        }

        private void arrive() {
            wait(mode == Mode.SILENT ? LIMIT : LATENCY);
            if (mode == Mode.DOWN || mode == Mode.SILENT) {
                throw new ChainException(Kind.NO_ANSWER, name + " does not answer");
            }
        }

        private void wait(Duration duration) {
            try {
                clock.sleep(duration);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ChainException(Kind.NO_ANSWER, name + " was given up", e);
            }
        }

        @Override
        public Status status() {
            arrive();
            return switch (mode) {
                case HONEST, DOWN, SILENT ->
                        new Status(chain.id(), chain.height(), chain.blockTime(), false);
                case STUCK -> new Status(chain.id(), stuckAt, stuckTime, false);
                case CATCHING_UP -> new Status(chain.id(), stuckAt, stuckTime, true);
                case ELSEWHERE -> new Status("elsewhere", 7, chain.blockTime(), false);
                case LYING ->
                        new Status(
                                chain.id(),
                                chain.height() + random.nextInt(3) * 1000L,
                                chain.blockTime(),
                                false);
            };
        }

        @Override
        public Versions versions(long height) {
            arrive();
            return switch (mode) {
                case HONEST, DOWN, SILENT, ELSEWHERE -> new Versions(chain.versions(), 0);
                case STUCK, CATCHING_UP ->
                        new Versions(stuckVersions == null ? chain.versions() : stuckVersions, 0);
                case LYING -> {
                    if (random.nextBoolean()) {
                        throw new ChainException(Kind.UNREADABLE, name + " answers with garbage");
                    }
                    yield new Versions(chain.versions(), 0);
                }
            };
        }

        @Override
        public Optional<Feed> subscribe(BlockListener listener) {
            Connection connection = new Connection(listener);
            if (mode == Mode.HONEST || mode == Mode.LYING) {
                connections.add(connection);
                listener.onSubscribed();
            } else {
                listener.onEnd("it does not answer");
            }
            return Optional.of(() -> connections.remove(connection));
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}

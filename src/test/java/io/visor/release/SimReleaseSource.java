package io.visor.release;

import io.visor.model.Assurance;
import io.visor.model.Platform;
import io.visor.model.Sha256;
import io.visor.model.Version;
import io.visor.release.ReleaseException.Kind;
import io.visor.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/// A release host of a simulation, as one visor sees it.
public final class SimReleaseSource implements ReleaseSource {

    /// What is published.
    public interface Host {

        Mode mode();

        /// The bytes of a release; nothing if it is not published.
        Optional<byte[]> content(Version version);

        List<Version> published();
    }

    /// How a host does.
    public enum Mode {
        HONEST,
        DOWN,
        /// What it sends is not what it announced.
        CORRUPT,
        /// It hangs up in the middle.
        TRUNCATED,
        /// It stops sending in the middle.
        STALLED,
        /// The list of checksums is that of another build.
        WRONG_SUMS
    }

    private static final Duration LATENCY = Duration.ofMillis(50);
    private static final Duration STALL = Duration.ofSeconds(30);

    private final Host host;
    private final Clock clock;
    private final RandomGenerator random;
    private final boolean announces;

    /// Makes a view of a host.
    ///
    /// @param announces whether it says what an asset must hash to
    public SimReleaseSource(Host host, Clock clock, RandomGenerator random, boolean announces) {
        this.host = host;
        this.clock = clock;
        this.random = random;
        this.announces = announces;
    }

    private void wait(Duration duration) {
        try {
            clock.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReleaseException(Kind.DOWNLOAD, "it was given up", e);
        }
    }

    private byte[] content(Version version) {
        wait(LATENCY);
        if (host.mode() == Mode.DOWN) {
            throw new ReleaseException(Kind.DOWNLOAD, "the host does not answer");
        }
        return host.content(version)
                .orElseThrow(() ->
                        new ReleaseException(Kind.NOT_PUBLISHED, version + " is not published"));
    }

    @Override
    public Offer find(Version version, Platform platform) {
        byte[] content = content(version);
        if (host.mode() == Mode.WRONG_SUMS) {
            content = new byte[] {1};
        }
        Sha256 digest = Sha256.of(Sha256.digester().digest(content));
        return new Offer(version, "asset", "sim", "sim", announces ? digest : null, Assurance.L1);
    }

    @Override
    public Body open(Offer offer) {
        byte[] content = content(offer.version());
        int half = content.length / 2;
        return switch (host.mode()) {
            case CORRUPT -> {
                byte[] wrong = content.clone();
                wrong[random.nextInt(wrong.length)] ^= 1;
                yield new Bytes(wrong, wrong.length, false);
            }
            case TRUNCATED -> new Bytes(Arrays.copyOf(content, half), content.length, false);
            case STALLED -> new Bytes(Arrays.copyOf(content, half), content.length, true);
            case HONEST, DOWN, WRONG_SUMS -> new Bytes(content, content.length, false);
        };
    }

    @Override
    public List<Version> published() {
        wait(LATENCY);
        return host.published();
    }

    private final class Bytes implements Body {

        private final byte[] bytes;
        private final long length;
        private final boolean stalls;
        private int at;

        Bytes(byte[] bytes, long length, boolean stalls) {
            this.bytes = bytes;
            this.length = length;
            this.stalls = stalls;
        }

        @Override
        public OptionalLong length() {
            return OptionalLong.of(length);
        }

        @Override
        public int read(byte[] buffer, int offset, int most) {
            if (at == bytes.length) {
                if (stalls) {
                    SimReleaseSource.this.wait(STALL);
                    throw new ReleaseException(Kind.DOWNLOAD, "nothing came for 30s");
                }
                return -1;
            }
            // In pieces, so that a crash can come in between.
            int third = Math.min(Math.max(1, bytes.length / 3), bytes.length - at);
            int count = Math.min(third, most);
            System.arraycopy(bytes, at, buffer, offset, count);
            at += count;
            SimReleaseSource.this.wait(Duration.ofMillis(5));
            return count;
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}

package io.visor.release;

import io.visor.model.Sha256;
import io.visor.model.Sizes;
import io.visor.release.ReleaseException.Kind;
import io.visor.release.ReleaseSource.Body;
import io.visor.release.ReleaseSource.Offer;
import io.visor.time.Clock;
import io.visor.time.Scheduler;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/// Fetches an asset to a file: bytes are fetched and hashed by the calling task, while another one
/// writes those that came before.
final class Download {

    /// The largest binary that is fetched.
    private static final long MAX_BYTES = 2L << 30;

    /// A source that sends less than this in [#DRIP_PERIOD] is given up.
    private static final long DRIP_BYTES = 64 << 10;

    private static final Set<PosixFilePermission> EXECUTABLE =
            PosixFilePermissions.fromString("r-xr-xr-x");

    private static final Duration DRIP_PERIOD = Duration.ofSeconds(30);
    private static final Duration PROGRESS_EVERY = Duration.ofMillis(200);

    private final ReleaseSource source;
    private final Offer offer;
    private final Scheduler scheduler;
    private final Clock clock;

    /// Told how far it is.
    @FunctionalInterface
    interface Progress {

        /// @param bytes so many have come
        /// @param all of so many, if that is known
        void on(long bytes, OptionalLong all);
    }

    Download(ReleaseSource source, Offer offer, Scheduler scheduler) {
        this.source = source;
        this.offer = offer;
        this.scheduler = scheduler;
        this.clock = scheduler.clock();
    }

    /// Fetches it. The file is whole, executable and flushed when this returns.
    ///
    /// @param file is made
    /// @return the digest of what came
    /// @throws ReleaseException if the source does not give all of it
    /// @throws IOException if it cannot be written
    /// @throws InterruptedException if the calling task is cancelled
    Sha256 to(Path file, Progress progress) throws IOException, InterruptedException {
        MessageDigest digest = Sha256.digester();
        try (Body body = source.open(offer);
                BinaryWriter writer = BinaryWriter.start(file, EXECUTABLE, scheduler)) {
            OptionalLong length = body.length();
            if (length.orElse(0) > MAX_BYTES) {
                throw tooLarge();
            }
            Pace pace = new Pace();
            long bytes = 0;
            boolean more = true;
            while (more) {
                byte[] piece = writer.free();
                int filled = 0;
                while (more && filled < piece.length) {
                    int count = body.read(piece, filled, piece.length - filled);
                    more = count >= 0;
                    filled += Math.max(0, count);
                    if (bytes + filled > MAX_BYTES) {
                        throw tooLarge();
                    }
                    if (more && pace.isDue(bytes + filled)) {
                        progress.on(bytes + filled, length);
                    }
                }
                bytes += filled;
                digest.update(piece, 0, filled);
                writer.write(piece, filled);
            }
            if (length.isPresent() && bytes != length.getAsLong()) {
                throw new ReleaseException(
                        Kind.DOWNLOAD,
                        offer.from()
                                + " ended after "
                                + bytes
                                + " of "
                                + length.getAsLong()
                                + " bytes");
            }
            writer.finish();
        }
        return Sha256.of(digest.digest());
    }

    private ReleaseException tooLarge() {
        return new ReleaseException(
                Kind.DOWNLOAD, offer.from() + " has more than " + Sizes.format(MAX_BYTES));
    }

    /// Watches how fast bytes come.
    private final class Pace {

        private Duration periodBegin = clock.monotonic();
        private Duration progressAt = periodBegin.plus(PROGRESS_EVERY);
        private long periodBytes;

        /// Whether progress is to be told of.
        ///
        /// @throws ReleaseException if too little has come for too long
        boolean isDue(long bytes) {
            Duration now = clock.monotonic();
            if (now.minus(periodBegin).compareTo(DRIP_PERIOD) >= 0) {
                if (bytes - periodBytes < DRIP_BYTES) {
                    throw new ReleaseException(
                            Kind.DOWNLOAD,
                            offer.from()
                                    + " sends less than "
                                    + Sizes.format(DRIP_BYTES)
                                    + " in "
                                    + DRIP_PERIOD.toSeconds()
                                    + "s");
                }
                periodBegin = now;
                periodBytes = bytes;
            }
            if (now.compareTo(progressAt) < 0) {
                return false;
            }
            progressAt = now.plus(PROGRESS_EVERY);
            return true;
        }
    }
}

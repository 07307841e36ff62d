package io.visor.sim.world;

import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.release.SimReleaseSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is published, and how each version behaves.
final class Releases {

    private final Set<Version> published = new TreeSet<>();
    private final Map<Version, Quality> qualities = new TreeMap<>();
    private SimReleaseSource.Mode mode = SimReleaseSource.Mode.HONEST;

    /// How a version behaves.
    enum Quality {
        GOOD,
        /// It ends soon after its start, always.
        BAD,
        /// It ends now and then.
        FLAKY,
        /// It ends slowly when asked to.
        SLOW,
        /// It does not end when asked to.
        DEAF
    }

    void set(SimReleaseSource.Mode next) {
        mode = next;
    }

    void make(Version version, Quality quality) {
        qualities.put(version, quality);
    }

    void publish(Version version) {
        published.add(version);
    }

    void publishAll() {
        published.addAll(qualities.keySet());
    }

    boolean isPublished(Version version) {
        return published.contains(version);
    }

    Quality quality(Version version) {
        return qualities.getOrDefault(version, Quality.GOOD);
    }

    /// What the binary of a version holds. It names itself, and is as long as two pages of a disk,
    /// so that half of it can be lost.
    static byte[] content(ProgramName program, Version version) {
        String line = program + " " + version + "\n";
        return line.repeat(length(line.length()) / line.length()).getBytes(StandardCharsets.UTF_8);
    }

    /// The version whose binary this is; nothing if it is none that was ever made.
    static Optional<Version> identify(ProgramName program, byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != '\n') {
            end++;
        }
        int period = end + 1;
        // It is looked at after every step: whether the line is repeated is seen without a copy.
        if (period > content.length
                || content.length != length(period)
                || !Arrays.equals(
                        content, period, content.length, content, 0, content.length - period)) {
            return Optional.empty();
        }
        String line = new String(content, 0, end, StandardCharsets.UTF_8);
        String prefix = program + " ";
        return line.startsWith(prefix)
                ? Version.parse(line.substring(prefix.length()))
                : Optional.empty();
    }

    /// How long a binary is whose line is so long.
    private static int length(int line) {
        return (5000 / line + 1) * line;
    }

    SimReleaseSource.Host host(ProgramName program) {
        return new SimReleaseSource.Host() {
            @Override
            public SimReleaseSource.Mode mode() {
                return mode;
            }

            @Override
            public Optional<byte[]> content(Version version) {
                return published.contains(version)
                        ? Optional.of(Releases.content(program, version))
                        : Optional.empty();
            }

            @Override
            public List<Version> published() {
                return new ArrayList<>(published);
            }
        };
    }
}

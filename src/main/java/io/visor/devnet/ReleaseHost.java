package io.visor.devnet;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.visor.devnet.HttpServer.Bytes;
import io.visor.devnet.HttpServer.Request;
import io.visor.devnet.HttpServer.Response;
import io.visor.json.Json;
import io.visor.model.Sha256;
import io.visor.model.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A host of releases that answers as GitHub does, under GitHub's paths and under `/v<version>/`,
/// for every platform alike.
public final class ReleaseHost implements AutoCloseable {

    private static final Pattern PATH =
            Pattern.compile(
                    "(?:/[^/]+/[^/]+/releases/download)?/v([^/]+)/(sha256sum\\.txt|lavap-v[^/]+)");

    private final Path directory;
    private final HttpServer server;
    private final Map<Version, LavapRelease> releases = new ConcurrentSkipListMap<>();
    private final Map<Version, Fault> faults = new ConcurrentHashMap<>();
    private final AtomicInteger downloads = new AtomicInteger();

    /// What can be wrong with a release.
    public enum Fault {
        /// Its bytes are not those of the checksum.
        CORRUPT,
        /// The connection ends in the middle.
        TRUNCATED,
        /// Nothing comes after the middle.
        STALLED,
        /// It is not there.
        MISSING,
        /// It is a sound release of another version.
        WRONG_VERSION,
        /// The list of checksums does not name it.
        UNLISTED
    }

    ReleaseHost(Path directory, EventLoopGroup group, int port) throws IOException {
        this.directory = directory;
        this.server = new HttpServer(group, port, this::handle, null, null);
    }

    public int port() {
        return server.port();
    }

    /// Publishes a release of `lavap`.
    ///
    /// @param properties what it does besides serving: `exit-after-millis`, `exit-code`,
    ///   `ignores-int`
    /// @param padding how many bytes of noise make it larger
    public void publish(Version version, Map<String, String> properties, long padding)
            throws IOException {
        Path file = directory.resolve("v" + version).resolve("lavap");
        releases.put(version, LavapRelease.make(version, file, properties, padding));
    }

    /// Publishes an executable of one's own.
    public void publish(Version version, byte[] executable) throws IOException {
        Path file = directory.resolve("v" + version).resolve("lavap");
        Files.createDirectories(file.getParent());
        Files.write(file, executable);
        releases.put(
                version,
                new LavapRelease(
                        version,
                        file,
                        executable.length,
                        Sha256.of(Sha256.digester().digest(executable))));
    }

    /// The executable of a published release.
    public Path file(Version version) {
        return release(version).orElseThrow().file();
    }

    public void breakRelease(Version version, Fault fault) {
        faults.put(version, fault);
    }

    public void repair(Version version) {
        faults.remove(version);
    }

    /// How often an executable was asked for.
    public int downloads() {
        return downloads.get();
    }

    private Optional<LavapRelease> release(Version version) {
        return Optional.ofNullable(releases.get(version));
    }

    private Response handle(Request request) throws IOException {
        String path = new QueryStringDecoder(request.uri()).path();
        if (path.matches("/repos/[^/]+/[^/]+/releases")) {
            return list();
        }
        Matcher matcher = PATH.matcher(path);
        Optional<Version> version =
                matcher.matches() ? Version.parse(matcher.group(1)) : Optional.empty();
        Optional<LavapRelease> release = version.flatMap(this::release);
        if (release.isEmpty() || faults.get(version.get()) == Fault.MISSING) {
            return HttpServer.notFound();
        }
        String name = matcher.group(2);
        return name.equals("sha256sum.txt") ? checksums(release.get()) : asset(release.get());
    }

    private Response list() {
        List<Json> list = new ArrayList<>();
        for (Version version : releases.keySet()) {
            if (faults.get(version) != Fault.MISSING) {
                list.addFirst(
                        Json.object("tag_name", "v" + version, "draft", false, "prerelease", true));
            }
        }
        return HttpServer.json(200, new Json.Arr(list).write());
    }

    /// The release whose bytes are sent in the place of another one's.
    private LavapRelease sent(LavapRelease release) {
        if (faults.get(release.version()) != Fault.WRONG_VERSION) {
            return release;
        }
        return releases.values().stream()
                .filter(other -> !other.equals(release))
                .findFirst()
                .orElseThrow();
    }

    private Response checksums(LavapRelease release) {
        StringBuilder text = new StringBuilder();
        if (faults.get(release.version()) != Fault.UNLISTED) {
            for (String platform :
                    List.of("linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64")) {
                text.append(sent(release).sha256()).append("  lavap-v").append(release.version());
                text.append('-').append(platform).append('\n');
            }
        }
        return new HttpServer.Text(200, "text/plain", text.toString(), Map.of());
    }

    private Response asset(LavapRelease release) throws IOException {
        downloads.incrementAndGet();
        LavapRelease sent = sent(release);
        long size = sent.size();
        return switch (faults.get(release.version())) {
            case CORRUPT -> {
                Path other = directory.resolve("corrupt-" + release.version());
                LavapRelease.make(release.version(), other, Map.of("corrupt", "true"), 0);
                yield new Bytes(other, other.toFile().length(), other.toFile().length(), false);
            }
            case TRUNCATED -> new Bytes(sent.file(), size, size / 2, false);
            case STALLED -> new Bytes(sent.file(), size, size / 2, true);
            case MISSING -> HttpServer.notFound();
            case WRONG_VERSION, UNLISTED -> new Bytes(sent.file(), size, size, false);
            case null -> new Bytes(sent.file(), size, size, false);
        };
    }

    @Override
    public void close() {
        server.close();
    }
}

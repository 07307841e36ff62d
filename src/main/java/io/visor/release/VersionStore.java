package io.visor.release;

import io.visor.json.JsonException;
import io.visor.model.FileFailures;
import io.visor.model.ProgramName;
import io.visor.model.Sha256;
import io.visor.model.Version;
import io.visor.release.ReleaseException.Kind;
import io.visor.store.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The versions of one program that are on this machine: one directory each, `v<version>`, with the
/// binary and its manifest.
public final class VersionStore {

    private static final int BUFFER_BYTES = 256 << 10;
    private static final int MAX_MANIFEST_BYTES = 1 << 20;

    private final ProgramName program;
    private final String binaryName;
    private final Path root;
    private final Map<Version, Checked> checked = new ConcurrentHashMap<>();
    private final Set<Version> settled = ConcurrentHashMap.newKeySet();

    /// A binary that matched its manifest when it looked like this.
    private record Checked(Fingerprint fingerprint, Sha256 digest) {}

    /// What the file system says of a file; another content under the same one would need root's
    /// tools.
    record Fingerprint(
            @Nullable Object inode,
            @Nullable Object size,
            @Nullable Object modified,
            @Nullable Object changed,
            boolean regular) {

        static Fingerprint of(Path file) throws IOException {
            Map<String, Object> attributes =
                    Files.readAttributes(
                            file,
                            "unix:ino,size,lastModifiedTime,ctime,isRegularFile",
                            LinkOption.NOFOLLOW_LINKS);
            return new Fingerprint(
                    attributes.get("ino"),
                    attributes.get("size"),
                    attributes.get("lastModifiedTime"),
                    attributes.get("ctime"),
                    Boolean.TRUE.equals(attributes.get("isRegularFile")));
        }
    }

    /// Makes a store; nothing is read or written yet.
    ///
    /// @param root the folder `upgrades/`
    public VersionStore(ProgramName program, String binaryName, Path root) {
        this.program = program;
        this.binaryName = binaryName;
        this.root = root;
    }

    public ProgramName program() {
        return program;
    }

    public Path root() {
        return root;
    }

    public Path directory(Version version) {
        return root.resolve("v" + version);
    }

    public Path binary(Version version) {
        return directory(version).resolve(binaryName);
    }

    /// Where releases are made ready; on the same file system as the versions.
    Path staging() {
        return root.resolve(".staging");
    }

    /// How many bytes are free for visor on the disk of the versions.
    ///
    /// @throws ReleaseException if the disk does not say
    public long free() {
        try {
            Path there = root;
            while (!Files.exists(there) && there.getParent() != null) {
                there = there.getParent();
            }
            return Files.getFileStore(there).getUsableSpace();
        } catch (IOException e) {
            throw disk(root, e);
        }
    }

    /// The version whose directory holds a path.
    public Optional<Version> versionOf(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        if (!absolute.startsWith(root) || absolute.getNameCount() <= root.getNameCount()) {
            return Optional.empty();
        }
        String directory = absolute.getName(root.getNameCount()).toString();
        return directory.startsWith("v") ? Version.parse(directory) : Optional.empty();
    }

    /// The versions that have a binary, lowest first.
    ///
    /// @throws ReleaseException if the directory cannot be read
    public List<Version> local() {
        List<Version> versions = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(root, "v*")) {
            for (Path directory : directories) {
                versionOf(directory)
                        .filter(version -> Files.exists(binary(version)))
                        .ifPresent(versions::add);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw disk(root, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw disk(root, e);
        }
        Collections.sort(versions);
        return versions;
    }

    /// What is known of a version.
    ///
    /// @return nothing if there is no manifest, or what is there is none; such a version is looked
    ///   at anew
    /// @throws ReleaseException if the disk does not give it
    public Optional<Manifest> manifest(Version version) {
        Path file = directory(version).resolve(Manifest.FILE);
        try {
            if (Files.size(file) > MAX_MANIFEST_BYTES) {
                return Optional.empty();
            }
            Manifest manifest = Manifest.decode(Files.readAllBytes(file));
            return Optional.of(manifest)
                    .filter(m -> m.version().equals(version) && m.program().equals(program));
        } catch (NoSuchFileException | NotDirectoryException | JsonException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw disk(file, e);
        }
    }

    /// The binary of a version, after comparing it with its manifest. Hashing is left out while the
    /// file system says that the file is the one that was hashed last.
    ///
    /// @throws ReleaseException if it is not here, has no manifest, or is not what was verified
    public Path verified(Version version) {
        Path binary = binary(version);
        try {
            Fingerprint fingerprint = Fingerprint.of(binary);
            Checked last = checked.get(version);
            if (last != null && last.fingerprint.equals(fingerprint)) {
                return binary;
            }
            if (!fingerprint.regular) {
                throw new ReleaseException(Kind.CHANGED, binary + " is no regular file");
            }
            Manifest manifest =
                    manifest(version)
                            .orElseThrow(() ->
                                    new ReleaseException(
                                            Kind.UNSAFE,
                                            directory(version)
                                                    + " has no manifest that can be read"));
            Sha256 digest = hash(binary);
            if (!digest.equals(manifest.sha256())) {
                throw new ReleaseException(
                        Kind.CHANGED,
                        binary
                                + " was changed: its sha256 is "
                                + digest.brief()
                                + " but was "
                                + manifest.sha256().brief());
            }
            checked.put(version, new Checked(fingerprint, digest));
            return binary;
        } catch (NoSuchFileException e) {
            throw new ReleaseException(Kind.NOT_HERE, binary + " is not there", e);
        } catch (IOException e) {
            throw disk(binary, e);
        }
    }

    /// Makes durable what is there of a version. It may have been put there by a visor that was
    /// killed, or a person who has copied it, before it was flushed; a link to it must not outlive
    /// it. What this store has made durable once is left alone.
    ///
    /// @throws ReleaseException if the disk does not allow it
    void settle(Version version) {
        if (settled.contains(version)) {
            return;
        }
        try {
            DurableFiles.sync(binary(version));
            DurableFiles.sync(directory(version).resolve(Manifest.FILE));
            DurableFiles.syncDirectory(directory(version));
            DurableFiles.syncDirectory(root);
        } catch (IOException e) {
            throw disk(directory(version), e);
        }
        settled.add(version);
    }

    /// The binary of a version was hashed while it was written: it is not hashed again as long as
    /// it looks as it did right after that.
    void remember(Version version, Fingerprint fingerprint, Sha256 digest) {
        checked.put(version, new Checked(fingerprint, digest));
    }

    /// The digest of a file, which is no link.
    Sha256 hash(Path file) throws IOException {
        MessageDigest digest = Sha256.digester();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return Sha256.of(digest.digest());
    }

    /// Writes the manifest of a version that is in its place.
    void write(Manifest manifest) throws IOException {
        DurableFiles.write(directory(manifest.version()).resolve(Manifest.FILE), manifest.encode());
    }

    /// A failure of the disk.
    ///
    /// @param about what to name if the failure names no file
    static ReleaseException disk(Path about, IOException e) {
        return new ReleaseException(Kind.DISK, FileFailures.why(about, e), e);
    }
}

package io.visor.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A way to a Unix socket. The kernel takes paths of up to 107 bytes (unix(7), `sun_path`); the
/// folder of a longer one is reached through a link in a folder of its own, which only this user
/// can enter and which is gone after use.
public final class SocketPath implements AutoCloseable {

    /// What `sun_path` holds besides its closing zero.
    static final int MAX_BYTES = 107;

    private static final String LINK = "i";

    private final Path folder;
    private final Path temporary;

    private SocketPath(Path folder, Path temporary) {
        this.folder = folder;
        this.temporary = temporary;
    }

    /// Finds the way to a folder of sockets.
    ///
    /// @param longest how long the longest name of a socket in it is, in bytes
    /// @throws IOException if the path is too long and no link can be made
    public static SocketPath to(Path folder, int longest) throws IOException {
        if (bytes(folder) + 1 + longest <= MAX_BYTES) {
            return new SocketPath(folder, folder);
        }
        Path temporary = Files.createTempDirectory("visor-");
        SocketPath path = new SocketPath(temporary.resolve(LINK), temporary);
        try {
            Files.createSymbolicLink(path.folder, folder);
        } catch (IOException e) {
            path.close();
            throw e;
        }
        if (bytes(path.folder) + 1 + longest > MAX_BYTES) {
            path.close();
            throw new IOException(
                    "the path is longer than the system allows for a socket, and so is the one of"
                            + " the directory for temporary files");
        }
        return path;
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    }

    /// The path by which a socket is bound or connected to.
    public Path socket(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
        if (!temporary.equals(folder)) {
            Files.deleteIfExists(folder);
            Files.deleteIfExists(temporary);
        }
    }
}

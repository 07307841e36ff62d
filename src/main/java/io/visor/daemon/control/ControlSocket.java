package io.visor.daemon.control;

import io.visor.api.ControlClient;
import io.visor.api.SocketPath;
import io.visor.daemon.http.ControlServer;
import io.visor.store.DurableFiles;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The socket in an instance's folder. Its user alone can connect to it, from the first moment: it
/// is bound in a folder that nobody else can enter, and moved to its place when its mode is right.
/// The move replaces what a visor that was killed has left there; the caller holds the instance's
/// lock, so that nobody listens on that one.
final class ControlSocket {

    private static final String NURSERY = ".control";
    private static final String NEW = "s";

    private ControlSocket() {}

    /// Binds it.
    ///
    /// @throws IOException if the file system or the system does not allow it
    static ServerSocketChannel bind(Path folder) throws IOException {
        Path nursery = folder.resolve(NURSERY);
        DurableFiles.deleteTree(nursery);
        Files.createDirectory(
                nursery,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try (SocketPath path = SocketPath.to(nursery, NEW.length())) {
            channel.bind(UnixDomainSocketAddress.of(path.socket(NEW)), ControlServer.BACKLOG);
            Path bound = nursery.resolve(NEW);
            Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
            Files.move(bound, folder.resolve(ControlClient.SOCKET), StandardCopyOption.ATOMIC_MOVE);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        } finally {
            DurableFiles.deleteTree(nursery);
        }
    }

    /// Takes it away.
    static void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(ControlClient.SOCKET));
    }
}

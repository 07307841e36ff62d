package io.visor.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The processes of an instance's services, in a small file each. What is lost of them in a power
/// cut was lost with the processes; after a crash of visor alone, a child that has thrown its mark
/// away is found by them.
public final class RunRecords {

    private static final int MAX_BYTES = 200;

    private final Path folder;

    /// Records in a folder, which is made when it is needed.
    public RunRecords(Path folder) {
        this.folder = folder;
    }

    /// A service has a process.
    ///
    /// @throws IOException if that cannot be written
    public void put(String service, long pid) throws IOException {
        var id = ProcessId.of(pid);
        if (id.isPresent()) {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(service), id.get().encode());
        }
    }

    /// A service has no process any more.
    ///
    /// @throws IOException if the record cannot be deleted
    public void remove(String service) throws IOException {
        Files.deleteIfExists(folder.resolve(service));
    }

    /// The processes that live still, by service.
    Map<String, ProcessId> living() {
        Map<String, ProcessId> living = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.size(file) <= MAX_BYTES) {
                    ProcessId.decode(Files.readString(file))
                            .filter(ProcessId::isAlive)
                            .ifPresent(id -> living.put(String.valueOf(file.getFileName()), id));
                }
            }
        } catch (NoSuchFileException e) {
            return living;
        } catch (IOException e) {
            throw new ProcessException(folder + " cannot be read: " + e.getMessage(), e);
        }
        return living;
    }
}

package io.visor.upgrade.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What is to be written to file systems, and whether it fits.
final class Room {

    private final long reserve;
    private final Map<Object, Lack> taken = new LinkedHashMap<>();

    /// What a file system is to take.
    ///
    /// @param directory in it
    /// @param needed how many bytes
    /// @param free how many bytes are free
    record Lack(Path directory, long needed, long free) {}

    /// @param reserve how many bytes must stay free on each
    Room(long reserve) {
        this.reserve = reserve;
    }

    /// More is to be written.
    ///
    /// @throws IOException if the file system cannot be looked at
    void take(Path directory, long bytes) throws IOException {
        if (bytes == 0) {
            return;
        }
        Object system = Files.getAttribute(directory, "unix:dev");
        Lack before = taken.get(system);
        taken.put(
                system,
                before == null
                        ? new Lack(directory, bytes, Files.getFileStore(directory).getUsableSpace())
                        : new Lack(before.directory, before.needed + bytes, before.free));
    }

    /// Where it does not fit; nothing if it does.
    Optional<Lack> lacking() {
        return taken.values().stream().filter(one -> one.free - one.needed < reserve).findFirst();
    }
}

package io.visor.sim.disk;

import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// How a file is opened.
///
/// @param create whether it is made if it is not there
/// @param createNew whether it is made, and must not be there
record OpenFlags(
        boolean read,
        boolean write,
        boolean append,
        boolean truncate,
        boolean create,
        boolean createNew,
        boolean follow) {

    /// Reads options as the JDK does on Linux.
    ///
    /// @throws UnsupportedOperationException if there is one that a simulated disk does not know
    /// @throws IllegalArgumentException if they contradict each other
    static OpenFlags of(Set<? extends OpenOption> options) {
        for (OpenOption option : options) {
            requireSupported(option);
        }
        boolean append = options.contains(StandardOpenOption.APPEND);
        boolean write = options.contains(StandardOpenOption.WRITE) || append;
        boolean read = options.contains(StandardOpenOption.READ) || !write;
        boolean truncate = options.contains(StandardOpenOption.TRUNCATE_EXISTING);
        if (append && read) {
            throw new IllegalArgumentException("READ + APPEND not allowed");
        }
        if (append && truncate) {
            throw new IllegalArgumentException("APPEND + TRUNCATE_EXISTING not allowed");
        }
        boolean asksForNew = options.contains(StandardOpenOption.CREATE_NEW);
        boolean createNew = write && asksForNew;
        // The JDK does not forbid links where it is asked for a new file, even if that means
        // nothing.
        boolean follow = asksForNew ? !createNew : !options.contains(LinkOption.NOFOLLOW_LINKS);
        return new OpenFlags(
                read,
                write,
                append,
                write && truncate,
                createNew || (write && options.contains(StandardOpenOption.CREATE)),
                createNew,
                follow);
    }

    private static void requireSupported(OpenOption option) {
        boolean supported =
                switch (option) {
                    case StandardOpenOption standard ->
                            switch (standard) {
                                case READ,
                                        WRITE,
                                        APPEND,
                                        TRUNCATE_EXISTING,
                                        CREATE,
                                        CREATE_NEW,
                                        SPARSE ->
                                        true;
                                case DELETE_ON_CLOSE, SYNC, DSYNC -> false;
                            };
                    default -> option == LinkOption.NOFOLLOW_LINKS;
                };
        if (!supported) {
            throw new UnsupportedOperationException("a simulated disk does not know " + option);
        }
    }
}

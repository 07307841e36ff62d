package io.visor.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// What an operator or a package had where visor puts something of its own: it stays beside it,
/// under a further name.
public final class KeptAside {

    /// What is added to its name.
    public static final String SUFFIX = ".before-visor";

    private KeptAside() {}

    /// Whether something that was in a file's place is kept.
    public static boolean isKept(Path file) {
        return !free(file).equals(name(file, 1));
    }

    /// The first name for a file's content that is free: `x.before-visor`, `x.before-visor.2` and
    /// so on.
    public static Path free(Path file) {
        int number = 1;
        while (Files.exists(name(file, number), LinkOption.NOFOLLOW_LINKS)) {
            number++;
        }
        return name(file, number);
    }

    /// Gives a regular file a further name, unless its content has one; the first one is never
    /// missing meanwhile. A file that may not get one, as somebody else's (proc(5),
    /// `protected_hardlinks`), or that cannot, is copied.
    ///
    /// @return the further name
    /// @throws IOException if there is none, and none can be made
    public static Path keep(Path file) throws IOException {
        int number = 1;
        Path name = name(file, number);
        while (Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.isRegularFile(name, LinkOption.NOFOLLOW_LINKS)
                    && Files.mismatch(name, file) < 0) {
                return name;
            }
            number++;
            name = name(file, number);
        }
        try {
            return Files.createLink(name, file);
        } catch (FileSystemException | UnsupportedOperationException e) {
            return copy(file, name, e);
        }
    }

    private static Path copy(Path file, Path to, Exception reason) throws IOException {
        try {
            Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
            DurableFiles.sync(to);
            return to;
        } catch (IOException e) {
            e.addSuppressed(reason);
            throw e;
        }
    }

    private static Path name(Path file, int number) {
        return file.resolveSibling(file.getFileName() + SUFFIX + (number == 1 ? "" : "." + number));
    }
}

package io.visor.systemd;

import io.visor.model.FileFailures;
import io.visor.model.UnitName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;

/// What visor did to each unit last, and in which boot, in a small file each: the difference
/// between a unit that visor has stopped, and will start again, and one that somebody else has. No
/// power cut can lose what counts of them, because after it the boot is another one.
///
/// A boot is one of the systemd that has the unit: a user's begins when the user's systemd does.
final class UnitMarks {

    private static final int MAX_BYTES = 100;

    private final Path folder;
    private final Map<UnitName, Long> orders = new HashMap<>();

    /// What visor did.
    enum Kind {
        /// Nothing is known.
        NONE,
        /// It has started it, or has seen it run.
        UP,
        /// It has stopped it.
        DOWN
    }

    /// A mark.
    ///
    /// @param kind what visor did
    /// @param isOfThisBoot whether that was after the machine was started
    record Mark(Kind kind, boolean isOfThisBoot) {

        static final Mark NONE = new Mark(Kind.NONE, false);

        boolean isDown() {
            return isOfThisBoot && kind == Kind.DOWN;
        }

        boolean isUp() {
            return isOfThisBoot && kind == Kind.UP;
        }

        /// Whether visor has had it run in an earlier boot.
        boolean wasUp() {
            return !isOfThisBoot && kind != Kind.NONE;
        }
    }

    /// Marks in a folder, which is made when it is needed.
    UnitMarks(Path folder) {
        this.folder = folder;
    }

    /// The mark of a unit. One that says nothing is none.
    ///
    /// @param boot which boot it is now, without a space in it
    Mark of(UnitName unit, String boot) throws IOException {
        Path file = folder.resolve(unit.text());
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
            String[] words = text.strip().split(" ");
            return switch (words.length == 2 ? words[0] : "") {
                case "up" -> new Mark(Kind.UP, words[1].equals(boot));
                case "down" -> new Mark(Kind.DOWN, words[1].equals(boot));
                default -> Mark.NONE;
            };
        } catch (NoSuchFileException e) {
            return Mark.NONE;
        }
    }

    /// Visor is about to do something to a unit, or has.
    ///
    /// @param boot which boot it is now, without a space in it
    /// @param order a number that grows with each order about the unit: what belongs to an older
    ///   one than was written already is dropped
    /// @throws SystemdException if that cannot be written down
    synchronized void put(UnitName unit, Kind kind, String boot, long order) {
        if (orders.getOrDefault(unit, 0L) > order) {
            return;
        }
        orders.put(unit, order);
        try {
            Files.createDirectories(folder);
            Path next = folder.resolve(unit.text() + ".new");
            Files.writeString(next, (kind == Kind.UP ? "up " : "down ") + boot + "\n");
            Files.move(
                    next,
                    folder.resolve(unit.text()),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new SystemdException(FileFailures.why(folder, e), e);
        }
    }
}

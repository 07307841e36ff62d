package io.visor.process;

import io.visor.model.FileFailures;
import io.visor.os.Descriptor;
import io.visor.os.IoBuffer;
import io.visor.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the output of children goes.
final class Targets {

    private Targets() {}

    /// One of visor's own streams. When nobody reads it any more, output is dropped.
    ///
    /// @param number 1 for standard output, 2 for standard error
    static OutputPump.Target inherited(int number) {
        Descriptor descriptor = Descriptor.inherited(number);
        return new OutputPump.Target() {
            @Override
            public void write(IoBuffer buffer, int count) {
                try {
                    descriptor.write(buffer, count);
                } catch (OsException e) {
                    // Whoever started visor does not read: the child must not suffer for it.
                    return;
                }
            }

            @Override
            public void close() {
                // The stream is visor's and stays open.
            }
        };
    }

    /// The end of a file. What cannot be written, as on a full disk, is dropped.
    ///
    /// @throws ProcessException if the file cannot be opened
    static OutputPump.Target file(Path file) {
        Descriptor descriptor;
        try {
            Path directory = file.getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            descriptor = Descriptor.append(file);
        } catch (IOException e) {
            throw unopened(FileFailures.why(file, e), e);
        } catch (OsException e) {
            throw unopened(file + ": " + e.reason(), e);
        }
        return new OutputPump.Target() {
            @Override
            public void write(IoBuffer buffer, int count) {
                try {
                    descriptor.write(buffer, count);
                } catch (OsException e) {
                    // A full disk costs the log, not the child.
                    return;
                }
            }

            @Override
            public void close() {
                descriptor.close();
            }
        };
    }

    private static ProcessException unopened(String why, Exception cause) {
        return new ProcessException("its log cannot be opened: " + why, cause);
    }
}

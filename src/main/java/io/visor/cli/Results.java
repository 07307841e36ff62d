package io.visor.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Standard output. It remembers why something could not be written, of which a [PrintStream] only
/// keeps that it happened.
final class Results extends PrintStream {

    private static final int BUFFER_BYTES = 8192;

    private final Destination destination;

    private Results(Destination destination, Charset charset) {
        super(new BufferedOutputStream(destination, BUFFER_BYTES), true, charset);
        this.destination = destination;
    }

    /// That of this process.
    static Results standard() {
        return to(new FileOutputStream(FileDescriptor.out), System.out.charset());
    }

    static Results to(OutputStream out, Charset charset) {
        return new Results(new Destination(out), charset);
    }

    /// Why something is missing; nothing if all was written, or if whoever reads it has read enough
    /// and hung up.
    Optional<IOException> failure() {
        flush();
        return Optional.ofNullable(destination.failure).filter(failure -> !isHungUp(failure));
    }

    /// write(2), `EPIPE`: the JDK gives no kinds.
    private static boolean isHungUp(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("Broken pipe");
    }

    private static final class Destination extends FilterOutputStream {

        private @Nullable IOException failure;

        Destination(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            try {
                out.write(bytes, offset, count);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                throw e;
            }
        }
    }
}

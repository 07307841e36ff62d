package io.visor.process;

import io.visor.model.LogSpec;
import io.visor.model.ServiceSpec;
import io.visor.os.Descriptor;
import io.visor.os.OsException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Where the output of children goes.
final class Targets {

    /// Formatted lines are written when they are this many bytes, or when nothing more was read.
    private static final int LINES_BYTES = 64 << 10;

    private static final int SCRATCH_BYTES = 16 << 10;

    private Targets() {}

    /// Whether standard output and standard error need a pipe each.
    static boolean isSplit(ServiceSpec.Output output) {
        return switch (output) {
            case ServiceSpec.PassThrough() -> true;
            // One pipe for both keeps the order in which a child writes.
            case ServiceSpec.ToFile(var _, LogSpec log) -> log.format() != LogSpec.Format.RAW;
        };
    }

    /// One of visor's own streams. When nobody reads it any more, output is dropped.
    ///
    /// @param number 1 for standard output, 2 for standard error
    static OutputPump.Target inherited(int number) {
        Descriptor descriptor = Descriptor.inherited(number);
        return new OutputPump.Target() {
            @Override
            public void write(ByteBuffer bytes) {
                try {
                    descriptor.write(bytes);
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

    /// A log.
    ///
    /// @param stdout whether it is given standard output; else standard error
    static OutputPump.Target log(
            LogFiles files,
            LineCutter.Budget budget,
            ServiceSpec.ToFile to,
            String service,
            boolean stdout) {
        return to.log().format() == LogSpec.Format.RAW && !to.log().timestamps()
                ? new Raw(files, to)
                : new Lines(
                        files, budget, to, new LogLines(to.log(), service, stdout, files.lines()));
    }

    /// Shows the lines to a watcher before they go where they belong, as long as it wants to see
    /// them.
    static OutputPump.Target watched(OutputPump.Target target, LineWatcher watcher) {
        LineSplitter splitter = new LineSplitter(watcher);
        return new OutputPump.Target() {
            @Override
            public void write(ByteBuffer bytes) {
                splitter.add(bytes.duplicate());
                target.write(bytes);
            }

            @Override
            public void close() {
                splitter.end();
                target.close();
            }
        };
    }

    private static void feed(LineCutter cutter, ByteBuffer bytes) {
        byte[] scratch = new byte[Math.min(bytes.remaining(), SCRATCH_BYTES)];
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), scratch.length);
            bytes.get(scratch, 0, count);
            cutter.feed(scratch, 0, count);
        }
    }

    /// A log to which bytes are written as they come. Its file is found with the first of them.
    private static final class Raw implements OutputPump.Target {

        private final LogFiles files;
        private final ServiceSpec.ToFile to;
        private @Nullable LogFile file;

        Raw(LogFiles files, ServiceSpec.ToFile to) {
            this.files = files;
            this.to = to;
        }

        @Override
        public void write(ByteBuffer bytes) {
            if (file == null) {
                file = files.use(to.file(), to.log());
            }
            file.write(bytes);
        }

        @Override
        public boolean moves() {
            return file != null;
        }

        @Override
        public int move(Descriptor from, int count) {
            return file == null ? 0 : file.move(from, count);
        }

        @Override
        public void close() {
            if (file != null) {
                file = null;
                files.release(to.file());
            }
        }
    }

    /// A log to which lines are written in a form of their own.
    private static final class Lines implements OutputPump.Target {

        private final LogFiles files;
        private final ServiceSpec.ToFile to;
        private final LogLines lines;
        private final LineCutter cutter;
        private @Nullable LogFile file;

        Lines(LogFiles files, LineCutter.Budget budget, ServiceSpec.ToFile to, LogLines lines) {
            this.files = files;
            this.to = to;
            this.lines = lines;
            this.cutter =
                    new LineCutter(
                            (bytes, offset, count, begins, ends) -> {
                                lines.add(bytes, offset, count, begins, ends);
                                if (lines.size() >= LINES_BYTES) {
                                    flush();
                                }
                            },
                            budget);
        }

        @Override
        public void write(ByteBuffer bytes) {
            lines.at(files.clock().now());
            feed(cutter, bytes);
            flush();
        }

        private void flush() {
            if (lines.size() == 0) {
                return;
            }
            if (file == null) {
                file = files.use(to.file(), to.log());
            }
            file.writeLines(lines.take());
        }

        @Override
        public void close() {
            cutter.finish();
            flush();
            if (file != null) {
                file = null;
                files.release(to.file());
            }
        }
    }
}

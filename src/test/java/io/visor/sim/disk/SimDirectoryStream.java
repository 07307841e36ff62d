package io.visor.sim.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The names of a directory as they were when it was opened, in an order that the seed decides:
/// POSIX promises none.
final class SimDirectoryStream implements DirectoryStream<Path> {

    private final SimPath directory;
    private final Iterator<String> names;
    private final DirectoryStream.Filter<? super Path> filter;
    private boolean iterated;
    private boolean closed;

    SimDirectoryStream(
            SimPath directory, List<String> names, DirectoryStream.Filter<? super Path> filter) {
        this.directory = directory;
        this.names = names.iterator();
        this.filter = filter;
    }

    @Override
    public Iterator<Path> iterator() {
        if (closed) {
            throw new IllegalStateException("Directory stream is closed");
        }
        if (iterated) {
            throw new IllegalStateException("Iterator already obtained");
        }
        iterated = true;
        return new Iterator<>() {
            private @Nullable Path next;

            @Override
            public boolean hasNext() {
                while (next == null && !closed && names.hasNext()) {
                    next = accepted(names.next());
                }
                return next != null;
            }

            @Override
            public Path next() {
                if (!hasNext() || next == null) {
                    throw new NoSuchElementException();
                }
                Path result = next;
                next = null;
                return result;
            }
        };
    }

    private @Nullable Path accepted(String name) {
        Path entry = directory.resolve(name);
        try {
            return filter.accept(entry) ? entry : null;
        } catch (IOException e) {
            throw new DirectoryIteratorException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}

package io.visor.sim.disk;

import io.visor.sim.disk.medium.Space;
import java.nio.file.FileStore;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import org.jspecify.annotations.Nullable;

/// The room on a simulated disk.
final class SimFileStore extends FileStore {

    private static final long BLOCK_BYTES = 4096;

    private final Space space;

    SimFileStore(Space space) {
        this.space = space;
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public String type() {
        return "simulated";
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public long getTotalSpace() {
        return space.capacity();
    }

    @Override
    public long getUsableSpace() {
        return space.free();
    }

    @Override
    public long getUnallocatedSpace() {
        return space.free();
    }

    @Override
    public long getBlockSize() {
        return BLOCK_BYTES;
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
        return type == BasicFileAttributeView.class
                || type == PosixFileAttributeView.class
                || type == FileOwnerAttributeView.class;
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
        return SimAttributes.VIEWS.contains(name);
    }

    @Override
    public <V extends FileStoreAttributeView> @Nullable V getFileStoreAttributeView(Class<V> type) {
        return null;
    }

    @Override
    public Object getAttribute(String attribute) {
        return switch (attribute) {
            case "totalSpace" -> getTotalSpace();
            case "usableSpace" -> getUsableSpace();
            case "unallocatedSpace" -> getUnallocatedSpace();
            default ->
                    throw new UnsupportedOperationException(
                            "a simulated disk has no attribute " + attribute);
        };
    }
}

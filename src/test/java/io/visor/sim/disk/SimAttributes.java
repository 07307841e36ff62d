package io.visor.sim.disk;

import io.visor.sim.disk.medium.DirectoryNode;
import io.visor.sim.disk.medium.FileNode;
import io.visor.sim.disk.medium.LinkNode;
import io.visor.sim.disk.medium.Metadata;
import io.visor.sim.disk.medium.Node;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What stat(2) says of a node.
///
/// @param type the bits of the mode above the permissions
record SimAttributes(int type, long inode, int links, long size, Metadata metadata)
        implements PosixFileAttributes {

    private static final int FILE = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;

    private static final long DEVICE = 1;

    static final Set<String> VIEWS = Set.of("basic", "owner", "posix", "unix");

    /// The attributes of the view `basic`.
    static final List<String> BASIC =
            List.of(
                    "size",
                    "creationTime",
                    "lastAccessTime",
                    "lastModifiedTime",
                    "fileKey",
                    "isDirectory",
                    "isRegularFile",
                    "isSymbolicLink",
                    "isOther");

    /// The attributes of the view `posix`.
    static final List<String> POSIX = and(BASIC, "permissions", "owner", "group");

    /// The attributes of the view `unix`.
    static final List<String> UNIX = and(POSIX, "mode", "ino", "dev", "nlink", "ctime");

    private static List<String> and(List<String> some, String... more) {
        return Stream.concat(some.stream(), Arrays.stream(more)).toList();
    }

    /// Which file it is; the same for all of its names.
    record Key(long device, long inode) {}

    static SimAttributes of(Node node) {
        int type =
                switch (node) {
                    case FileNode _ -> FILE;
                    case DirectoryNode _ -> DIRECTORY;
                    case LinkNode _ -> LINK;
                };
        return new SimAttributes(
                type, node.inode(), node.linkCount(), node.size(), node.metadata());
    }

    /// The bits of permissions.
    static int bits(Set<PosixFilePermission> permissions) {
        int bits = 0;
        for (PosixFilePermission permission : permissions) {
            bits |= bit(permission);
        }
        return bits;
    }

    private static int bit(PosixFilePermission permission) {
        return switch (permission) {
            case OWNER_READ -> 0400;
            case OWNER_WRITE -> 0200;
            case OWNER_EXECUTE -> 0100;
            case GROUP_READ -> 0040;
            case GROUP_WRITE -> 0020;
            case GROUP_EXECUTE -> 0010;
            case OTHERS_READ -> 0004;
            case OTHERS_WRITE -> 0002;
            case OTHERS_EXECUTE -> 0001;
        };
    }

    /// An attribute of the view `unix`.
    Object value(String name) {
        return switch (name) {
            case "size" -> size;
            case "creationTime" -> creationTime();
            case "lastAccessTime" -> lastAccessTime();
            case "lastModifiedTime" -> lastModifiedTime();
            case "fileKey" -> fileKey();
            case "isDirectory" -> isDirectory();
            case "isRegularFile" -> isRegularFile();
            case "isSymbolicLink" -> isSymbolicLink();
            case "isOther" -> isOther();
            case "permissions" -> permissions();
            case "owner" -> owner();
            case "group" -> group();
            case "mode" -> type | metadata.permissions();
            case "ino" -> inode;
            case "dev" -> DEVICE;
            case "nlink" -> links;
            case "ctime" -> FileTime.from(metadata.changed());
            default -> throw new IllegalArgumentException("'" + name + "' not recognized");
        };
    }

    @Override
    public FileTime lastModifiedTime() {
        return FileTime.from(metadata.modified());
    }

    @Override
    public FileTime lastAccessTime() {
        return FileTime.from(metadata.accessed());
    }

    @Override
    public FileTime creationTime() {
        return FileTime.from(metadata.created());
    }

    @Override
    public boolean isRegularFile() {
        return type == FILE;
    }

    @Override
    public boolean isDirectory() {
        return type == DIRECTORY;
    }

    @Override
    public boolean isSymbolicLink() {
        return type == LINK;
    }

    @Override
    public boolean isOther() {
        return false;
    }

    @Override
    public Key fileKey() {
        return new Key(DEVICE, inode);
    }

    @Override
    public SimUser owner() {
        return new SimUser(metadata.owner());
    }

    @Override
    public SimUser group() {
        return new SimUser(metadata.group());
    }

    @Override
    public Set<PosixFilePermission> permissions() {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((metadata.permissions() & bit(permission)) != 0) {
                permissions.add(permission);
            }
        }
        return permissions;
    }
}

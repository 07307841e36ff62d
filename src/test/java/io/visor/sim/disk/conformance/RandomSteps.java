package io.visor.sim.disk.conformance;

import io.visor.store.DurableFiles;
import io.visor.store.LinkSwap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Random uses of `java.nio.file`, each of which can be made of several file systems.
final class RandomSteps {

    private static final String DONE = "done";
    private static final List<String> PERMISSIONS = List.of("rwxr-xr-x", "rwxr-x---", "rwx------");
    private static final List<String> GLOBS = List.of("*", "[ab]", "{a,c}*", "?");

    private final Choice choice;
    private final ChannelSteps channels;

    RandomSteps(long seed) {
        this.choice = new Choice(seed);
        this.channels = new ChannelSteps(choice);
    }

    Step next() {
        return switch (choice.below(20)) {
            case 0, 1 -> look();
            case 2 -> read();
            case 3, 4 -> write();
            case 5 -> makeDirectory();
            case 6, 7 -> makeLink();
            case 8, 9 -> move();
            case 10 -> copy();
            case 11, 12 -> delete();
            case 13 -> list();
            case 14 -> attributes();
            case 15, 16 -> channels.open();
            case 17, 18 -> channels.use();
            default -> durably();
        };
    }

    private Step look() {
        String path = choice.path();
        String other = choice.path();
        LinkOption[] links = choice.links();
        return switch (choice.below(4)) {
            case 0 ->
                    new Step(
                            "look at " + path + Arrays.toString(links),
                            world -> {
                                Path at = world.at(path);
                                return List.of(
                                        Files.exists(at, links),
                                        Files.notExists(at, links),
                                        Files.isRegularFile(at, links),
                                        Files.isDirectory(at, links),
                                        Files.isSymbolicLink(at),
                                        Files.isExecutable(at),
                                        Files.isWritable(at),
                                        Files.isReadable(at));
                            });
            case 1 ->
                    new Step(
                            "real path of " + path + Arrays.toString(links),
                            world -> world.at(path).toRealPath(links));
            case 2 ->
                    new Step(
                            "same " + path + " " + other,
                            world -> Files.isSameFile(world.at(path), world.at(other)));
            default ->
                    new Step("read link " + path, world -> Files.readSymbolicLink(world.at(path)));
        };
    }

    private Step read() {
        String path = choice.path();
        return switch (choice.below(3)) {
            case 0 -> new Step("read " + path, world -> Files.readAllBytes(world.at(path)));
            case 1 ->
                    new Step(
                            "stream " + path,
                            world -> {
                                try (InputStream in =
                                        Files.newInputStream(
                                                world.at(path), LinkOption.NOFOLLOW_LINKS)) {
                                    return in.readAllBytes();
                                }
                            });
            default -> new Step("size of " + path, world -> World.sizeOf(world.at(path)));
        };
    }

    private Step write() {
        String path = choice.path();
        byte[] bytes = choice.bytes();
        if (choice.chance(60)) {
            return new Step(
                    "write " + bytes.length + " to " + path,
                    world -> Files.write(world.at(path), bytes));
        }
        Set<OpenOption> options = choice.openOptions();
        options.remove(StandardOpenOption.READ);
        return new Step(
                "write " + bytes.length + " to " + path + options,
                world -> {
                    Files.write(world.at(path), bytes, options.toArray(OpenOption[]::new));
                    return World.sizeOf(world.at(path));
                });
    }

    private Step makeDirectory() {
        String path = choice.path();
        return choice.chance(70)
                ? new Step("mkdir " + path, world -> Files.createDirectory(world.at(path)))
                : new Step("mkdir -p " + path, world -> Files.createDirectories(world.at(path)));
    }

    private Step makeLink() {
        String path = choice.path();
        String target = choice.plainPath();
        return switch (choice.below(3)) {
            case 0 ->
                    new Step(
                            "link " + path + " to " + target,
                            world -> Files.createLink(world.at(path), world.at(target)));
            case 1 ->
                    new Step(
                            "symlink " + path + " to /" + target,
                            world -> Files.createSymbolicLink(world.at(path), world.at(target)));
            default -> {
                String relative = choice.chance(20) ? "../" + target : target;
                yield new Step(
                        "symlink " + path + " to " + relative,
                        world ->
                                Files.createSymbolicLink(world.at(path), world.relative(relative)));
            }
        };
    }

    private Step move() {
        String path = choice.path();
        String target = choice.path();
        CopyOption[] options =
                choice.of(StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new Step(
                "move " + path + " to " + target + Arrays.toString(options),
                world -> Files.move(world.at(path), world.at(target), options));
    }

    private Step copy() {
        String path = choice.path();
        String target = choice.path();
        CopyOption[] options =
                choice.of(
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING,
                        LinkOption.NOFOLLOW_LINKS);
        return new Step(
                "copy " + path + " to " + target + Arrays.toString(options),
                world -> Files.copy(world.at(path), world.at(target), options));
    }

    private Step delete() {
        String path = choice.path();
        // Through dots, what is left would depend on the order of the names.
        String tree = choice.plainPath();
        return switch (choice.below(3)) {
            case 0 ->
                    new Step(
                            "delete " + path,
                            world -> {
                                Files.delete(world.at(path));
                                return DONE;
                            });
            case 1 ->
                    new Step(
                            "delete if there " + path,
                            world -> Files.deleteIfExists(world.at(path)));
            default ->
                    new Step(
                            "delete tree " + tree,
                            world -> {
                                DurableFiles.deleteTree(world.at(tree));
                                return DONE;
                            });
        };
    }

    private Step list() {
        String path = choice.path();
        String glob = choice.one(GLOBS);
        return choice.chance(50)
                ? new Step(
                        "list " + path + " " + glob,
                        world -> {
                            try (DirectoryStream<Path> found =
                                    Files.newDirectoryStream(world.at(path), glob)) {
                                Set<String> names = new TreeSet<>();
                                found.forEach(each -> names.add(each.toString()));
                                return names;
                            }
                        })
                : new Step("walk " + path, world -> tree(world.at(path)));
    }

    /// All that is in a directory, links followed.
    private static Set<String> tree(Path path) throws IOException {
        try (Stream<Path> found = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
            return found.map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
        } catch (UncheckedIOException e) {
            // Which of several failures comes first depends on the order of the names.
            return Set.of("a failure on the way");
        }
    }

    private Step attributes() {
        String path = choice.path();
        LinkOption[] links = choice.links();
        String permissions = choice.one(PERMISSIONS);
        return switch (choice.below(4)) {
            case 0 ->
                    new Step(
                            "chmod " + permissions + " " + path,
                            world ->
                                    Files.setPosixFilePermissions(
                                            world.at(path),
                                            PosixFilePermissions.fromString(permissions)));
            case 1 ->
                    new Step(
                            "stat " + path + Arrays.toString(links),
                            world -> World.describe(world.at(path), links));
            case 2 ->
                    new Step(
                            "permissions of " + path,
                            world ->
                                    Files.getFileAttributeView(
                                                    world.at(path),
                                                    PosixFileAttributeView.class,
                                                    links)
                                            .readAttributes()
                                            .permissions());
            default ->
                    new Step(
                            "unknown attribute of " + path,
                            world -> Files.readAttributes(world.at(path), "unix:shoe"));
        };
    }

    private Step durably() {
        String path = choice.path();
        String other = choice.plainPath();
        byte[] bytes = choice.bytes();
        return switch (choice.below(4)) {
            case 0 ->
                    new Step(
                            "durably write " + bytes.length + " to " + path,
                            world -> {
                                DurableFiles.write(world.at(path), bytes);
                                return DONE;
                            });
            case 1 ->
                    new Step(
                            "durably mkdir -p " + path,
                            world -> {
                                DurableFiles.createDirectories(world.at(path));
                                return DONE;
                            });
            case 2 ->
                    new Step(
                            "durably rename " + path + " to " + other,
                            world -> {
                                DurableFiles.rename(world.at(path), world.at(other));
                                return DONE;
                            });
            default ->
                    new Step(
                            "swap link " + path + " to " + other,
                            world -> {
                                LinkSwap swap =
                                        LinkSwap.prepare(world.at(path), world.relative(other));
                                swap.commit();
                                swap.sync();
                                return DONE;
                            });
        };
    }
}

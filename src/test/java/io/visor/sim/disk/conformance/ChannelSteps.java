package io.visor.sim.disk.conformance;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// Random uses of open files.
final class ChannelSteps {

    private static final String NOTHING_OPEN = "nothing open";
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

    private final Choice choice;

    ChannelSteps(Choice choice) {
        this.choice = choice;
    }

    private interface Use {
        Object of(FileChannel channel) throws Exception;
    }

    private static Step use(String name, int slot, Use use) {
        return new Step(
                name + " [" + slot + "]",
                world -> {
                    Optional<FileChannel> channel = world.channel(slot);
                    return channel.isEmpty() ? NOTHING_OPEN : use.of(channel.get());
                });
    }

    Step open() {
        String path = choice.path();
        int slot = choice.below(World.SLOTS);
        Set<OpenOption> options = choice.openOptions();
        FileAttribute<?>[] attributes =
                choice.chance(30) ? new FileAttribute<?>[] {PRIVATE} : new FileAttribute<?>[0];
        return new Step(
                "open " + path + options + " [" + slot + "]",
                world -> {
                    FileChannel channel = FileChannel.open(world.at(path), options, attributes);
                    if (Files.isDirectory(world.at(path))) {
                        // Its size, and how it is not transferred, are each file system's own.
                        channel.force(true);
                        channel.close();
                        return "directory";
                    }
                    world.setChannel(slot, channel, world.at(path));
                    return channel.position();
                });
    }

    Step use() {
        int slot = choice.below(World.SLOTS);
        long at = choice.below(choice.chance(50) ? 300 : 20_000) - (choice.chance(3) ? 300L : 0);
        int count = choice.below(5000);
        byte[] bytes = choice.bytes();
        return switch (choice.below(9)) {
            case 0 ->
                    use(
                            "read " + count,
                            slot,
                            channel -> {
                                ByteBuffer buffer = ByteBuffer.allocate(count);
                                int read = channel.read(buffer);
                                return read + " " + buffer.flip().hashCode();
                            });
            case 1 ->
                    use(
                            "read " + count + " at " + at,
                            slot,
                            channel -> {
                                ByteBuffer buffer = ByteBuffer.allocate(count);
                                int read = channel.read(buffer, at);
                                return read + " " + buffer.flip().hashCode();
                            });
            case 2 ->
                    use(
                            "write " + bytes.length,
                            slot,
                            channel -> {
                                int written = channel.write(ByteBuffer.wrap(bytes));
                                return written + " " + channel.position();
                            });
            case 3 ->
                    use(
                            "write " + bytes.length + " at " + at,
                            slot,
                            channel -> {
                                int written = channel.write(ByteBuffer.wrap(bytes), at);
                                return written + " " + channel.size() + " " + channel.position();
                            });
            case 4 ->
                    use(
                            "truncate to " + at,
                            slot,
                            channel -> channel.truncate(at).position() + " " + channel.size());
            case 5 -> use("seek " + at, slot, channel -> channel.position(at).position());
            case 6 ->
                    use(
                            "force",
                            slot,
                            channel -> {
                                channel.force(at > 100);
                                return "done";
                            });
            case 7 ->
                    use(
                            "scatter or gather",
                            slot,
                            channel -> {
                                ByteBuffer[] buffers = {
                                    ByteBuffer.wrap(bytes),
                                    ByteBuffer.allocate(0),
                                    ByteBuffer.wrap(bytes.clone())
                                };
                                long moved =
                                        at % 2 == 0
                                                ? channel.read(buffers)
                                                : channel.write(buffers);
                                return moved + " " + channel.position();
                            });
            default -> transfer(slot, Math.max(0, at), count);
        };
    }

    private Step transfer(int slot, long at, int count) {
        int other = (slot + 1) % World.SLOTS;
        boolean to = choice.chance(50);
        return new Step(
                "transfer [" + slot + "] " + (to ? "to" : "from") + " [" + other + "]",
                world -> {
                    Optional<FileChannel> first = world.channel(slot);
                    Optional<FileChannel> second = world.channel(other);
                    if (first.isEmpty() || second.isEmpty()) {
                        return NOTHING_OPEN;
                    }
                    if (world.haveSameFile(slot, other)) {
                        // Nobody says what comes of that.
                        return "same file";
                    }
                    return to
                            ? first.get().transferTo(at, count, second.get())
                            : first.get().transferFrom(second.get(), at, count);
                });
    }
}

package io.visor.config;

import io.visor.model.ProcessSpec.Login;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// The users and groups of this machine, as its files list them (passwd(5), group(5)), and whom
/// this process belongs to (proc_pid_status(5)). What a directory service knows besides is not
/// asked.
public final class SystemUsers {

    /// The highest number that is one: the next one means "unchanged" (setresuid(2)).
    static final long MAX_ID = 4294967294L;

    private static final int MAX_LINES = 100_000;

    private final Path passwd;
    private final Path group;
    private final Path status;

    /// Those of this machine.
    public SystemUsers() {
        this(Path.of("/etc/passwd"), Path.of("/etc/group"), Path.of("/proc/self/status"));
    }

    /// Those that files list.
    ///
    /// @param status of the process that asks
    SystemUsers(Path passwd, Path group, Path status) {
        this.passwd = passwd;
        this.group = group;
        this.status = status;
    }

    /// A user.
    ///
    /// @param gid the group that it is in first
    public record User(long uid, long gid, Login login) {}

    /// Whom a process belongs to.
    record Own(long uid, long gid) {}

    /// A user by name.
    public Optional<User> user(String name) {
        return find(passwd, fields -> fields[0].equals(name)).flatMap(SystemUsers::toUser);
    }

    /// A user by number.
    Optional<User> user(long uid) {
        return find(passwd, fields -> fields.length > 2 && fields[2].equals(String.valueOf(uid)))
                .flatMap(SystemUsers::toUser);
    }

    /// The number of a group.
    OptionalLong group(String name) {
        return find(group, fields -> fields.length > 2 && fields[0].equals(name))
                .map(fields -> number(fields[2]))
                .orElse(OptionalLong.empty());
    }

    /// Whom this process belongs to; nothing if this system does not tell.
    Optional<Own> own() {
        OptionalLong uid = effective("Uid:");
        OptionalLong gid = effective("Gid:");
        return uid.isPresent() && gid.isPresent()
                ? Optional.of(new Own(uid.getAsLong(), gid.getAsLong()))
                : Optional.empty();
    }

    private OptionalLong effective(String key) {
        return line(status, text -> text.startsWith(key))
                .map(text -> text.split("\\s+"))
                .filter(fields -> fields.length > 2)
                .map(fields -> number(fields[2]))
                .orElse(OptionalLong.empty());
    }

    private static Optional<User> toUser(String[] fields) {
        if (fields.length < 7) {
            return Optional.empty();
        }
        OptionalLong uid = number(fields[2]);
        OptionalLong gid = number(fields[3]);
        return uid.isPresent() && gid.isPresent()
                ? Optional.of(
                        new User(
                                uid.getAsLong(),
                                gid.getAsLong(),
                                new Login(fields[0], fields[5], fields[6])))
                : Optional.empty();
    }

    /// A number of a user or a group.
    static OptionalLong number(String text) {
        if (!text.matches("\\d{1,10}") || Long.parseLong(text) > MAX_ID) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(text));
    }

    private static Optional<String[]> find(Path file, Predicate<String[]> wanted) {
        return line(file, text -> wanted.test(text.split(":", -1)))
                .map(text -> text.split(":", -1));
    }

    private static Optional<String> line(Path file, Predicate<String> wanted) {
        // Names in other encodings are nobody's business here.
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (int i = 0; i < MAX_LINES; i++) {
                String line = reader.readLine();
                if (line == null) {
                    return Optional.empty();
                }
                if (wanted.test(line)) {
                    return Optional.of(line);
                }
            }
        } catch (IOException e) {
            // Without the file nobody is known.
            return Optional.empty();
        }
        return Optional.empty();
    }
}

package io.visor.config;

import io.visor.model.ProcessSpec;
import io.visor.model.ProcessSpec.Ids;
import io.visor.model.ProcessSpec.Limit;
import io.visor.model.ProcessSpec.LimitValue;
import io.visor.model.ProcessSpec.Login;
import io.visor.model.ProcessSpec.Owner;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Reads what the kernel is told of a service's process.
final class ProcessReader {

    /// A process needs a few files to be started at all: itself, its libraries, its streams.
    private static final long MIN_FILES = 16;

    private final SystemUsers users;

    ProcessReader(SystemUsers users) {
        this.users = users;
    }

    ProcessSpec read(Section service) {
        return new ProcessSpec(
                service.parsed("umask", ProcessReader::umask).orElse(null),
                owner(service),
                service.parsed("nice", text -> number(text, -20, 19)).orElse(null),
                service.parsed("oom-score", text -> number(text, -1000, 1000)).orElse(null),
                limits(service));
    }

    private static int umask(String text) {
        if (!text.matches("0?[0-7]{1,3}")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no umask; write it in octal, such as 027");
        }
        return Integer.parseInt(text, 8);
    }

    private static int number(String text, int min, int max) {
        int number = text.matches("-?\\d{1,4}") ? Integer.parseInt(text) : Integer.MAX_VALUE;
        if (number < min || number > max) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no number from " + min + " to " + max);
        }
        return number;
    }

    private @Nullable Owner owner(Section service) {
        Optional<Found> user = service.parsed("user", this::user);
        Optional<Long> group = service.parsed("group", this::group);
        // Whoever names a user that cannot be read must not get a process of root's instead.
        if (isUnusable(service, "user", user) | isUnusable(service, "group", group)
                || user.isEmpty() && group.isEmpty()) {
            return null;
        }
        Login login = user.map(Found::login).orElse(null);
        Long uid = user.map(Found::uid).orElse(null);
        Long gid = group.orElse(user.map(Found::gid).orElse(null));
        if (gid == null) {
            service.problem(
                    "user",
                    "\"" + uid + "\" has no entry in /etc/passwd and so no group; name a group");
            return null;
        }
        return new Owner(
                service.text("user").orElse(null),
                service.text("group").orElse(null),
                ids(service, uid, gid),
                login);
    }

    private static boolean isUnusable(Section service, String key, Optional<?> found) {
        if (service.has(key) && service.node(key).isEmpty()) {
            service.problem(key, "has no value");
        }
        return service.has(key) && found.isEmpty();
    }

    /// What the kernel has to be told; null if the process belongs to the right ones without it.
    private @Nullable Ids ids(Section service, @Nullable Long uid, long gid) {
        SystemUsers.Own own = users.own().orElse(null);
        if (own == null || own.uid() == 0) {
            return new Ids(uid, gid);
        }
        if (uid != null && uid != own.uid()) {
            service.problem(
                    "user", "only root can start a process of another user; " + instead("user"));
        }
        if (gid != own.gid()) {
            String key = service.has("group") ? "group" : "user";
            service.problem(key, "only root can start a process of another group; " + instead(key));
        }
        return null;
    }

    private static String instead(String key) {
        return "run visor as root, or leave " + key + " out";
    }

    /// A user that was found.
    private record Found(Long uid, @Nullable Long gid, @Nullable Login login) {}

    private Found user(String text) {
        OptionalLong number = SystemUsers.number(text);
        Optional<SystemUsers.User> user = users.user(text);
        if (user.isEmpty() && number.isPresent()) {
            user = users.user(number.getAsLong());
        }
        if (user.isEmpty() && number.isEmpty()) {
            throw unknown("user", text, "passwd");
        }
        return user.map(found -> new Found(found.uid(), found.gid(), found.login()))
                .orElseGet(() -> new Found(number.orElse(0), null, null));
    }

    private Long group(String text) {
        OptionalLong number = SystemUsers.number(text);
        OptionalLong group = users.group(text);
        if (group.isEmpty() && number.isEmpty()) {
            throw unknown("group", text, "group");
        }
        return group.orElseGet(() -> number.orElse(0));
    }

    private static IllegalArgumentException unknown(String what, String text, String file) {
        return new IllegalArgumentException(
                "\""
                        + text
                        + "\" is no "
                        + what
                        + " in /etc/"
                        + file
                        + "; correct it, or write the number");
    }

    private static Map<Limit, LimitValue> limits(Section service) {
        Map<Limit, LimitValue> limits = new EnumMap<>(Limit.class);
        try (Section section = service.section("limits")) {
            for (Limit limit : Limit.values()) {
                section.parsed(limit.word(), text -> limit(limit, text))
                        .ifPresent(value -> limits.put(limit, value));
            }
        }
        return limits;
    }

    private static LimitValue limit(Limit limit, String text) {
        String[] parts = text.split(":", -1);
        boolean isFiles = limit == Limit.NOFILE;
        if (parts.length > 2) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no limit; write a number, or soft:hard");
        }
        long soft = value(text, parts[0], isFiles);
        long hard = parts.length == 2 ? value(text, parts[1], isFiles) : soft;
        if (hard != LimitValue.UNLIMITED && (soft == LimitValue.UNLIMITED || soft > hard)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\": the soft limit is above the hard one");
        }
        return new LimitValue(soft, hard);
    }

    private static long value(String all, String text, boolean isFiles) {
        if (text.equals("unlimited") && !isFiles) {
            return LimitValue.UNLIMITED;
        }
        if (!text.matches("\\d{1,18}") || isFiles && Long.parseLong(text) < MIN_FILES) {
            throw new IllegalArgumentException(
                    "\""
                            + all
                            + "\" is no limit; write "
                            + (isFiles
                                    ? "a number from 16 on, such as 65536, or soft:hard"
                                    : "a number, unlimited, or soft:hard"));
        }
        return Long.parseLong(text);
    }
}

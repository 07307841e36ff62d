package io.visor.model;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the kernel is told of a service's process; null wherever it is as visor itself was started.
///
/// @param umask 0 to 0777
/// @param owner whom it belongs to
/// @param nice -20 (first) to 19 (last)
/// @param oomScore -1000 (never) to 1000 (first): who is killed when memory is short
///   (proc_pid_oom_score_adj(5))
/// @param limits what the process may use at most (getrlimit(2))
public record ProcessSpec(
        @Nullable Integer umask,
        @Nullable Owner owner,
        @Nullable Integer nice,
        @Nullable Integer oomScore,
        Map<Limit, LimitValue> limits) {

    /// All as visor itself was started.
    public static final ProcessSpec INHERITED = new ProcessSpec(null, null, null, null, Map.of());

    public ProcessSpec {
        limits = Map.copyOf(limits);
    }

    /// Whom a process belongs to. Only root can start one that belongs to somebody else.
    ///
    /// @param user as the configuration names it; null: visor's own
    /// @param group as the configuration names it; null: the user's own
    /// @param ids what they are to the kernel; null: what visor is itself, so that nothing changes
    /// @param login what the system says of the user; null: it does not know the number, or no user
    ///   was named
    public record Owner(
            @Nullable String user,
            @Nullable String group,
            @Nullable Ids ids,
            @Nullable Login login) {}

    /// Numbers of the kernel's, 0 to 4294967294.
    ///
    /// @param uid null: visor's own
    /// @param gid the group's
    public record Ids(@Nullable Long uid, long gid) {}

    /// A line of `/etc/passwd` (passwd(5)).
    ///
    /// @param name the user's name
    /// @param home an absolute path
    /// @param shell an absolute path
    public record Login(String name, String home, String shell) {}

    /// What can be limited.
    public enum Limit {
        /// Open files.
        NOFILE,
        /// Processes of the user.
        NPROC,
        /// Bytes of a core file.
        CORE,
        /// Bytes of locked memory.
        MEMLOCK;

        /// The name in the configuration and of the option of prlimit(1).
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A limit.
    ///
    /// @param soft what holds; [#UNLIMITED]: nothing
    /// @param hard as far as the process itself may raise it; [#UNLIMITED]: any
    public record LimitValue(long soft, long hard) {

        public static final long UNLIMITED = -1;

        @Override
        public String toString() {
            return soft == hard ? text(soft) : text(soft) + ":" + text(hard);
        }

        private static String text(long value) {
            return value == UNLIMITED ? "unlimited" : String.valueOf(value);
        }
    }
}

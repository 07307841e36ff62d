package io.visor.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the kernel is told of a service's process; null wherever it is as visor itself was started.
///
/// @param umask 0 to 0777
/// @param user a name or a number; only root can start a process of another user
/// @param group a name or a number; without it the user's own
/// @param nice -20 (first) to 19 (last)
/// @param oomScore -1000 (never) to 1000 (first): who is killed when memory is short
///   (proc_pid_oom_score_adj(5))
/// @param limits what the process may use at most (getrlimit(2))
public record ProcessSpec(
        @Nullable Integer umask,
        @Nullable String user,
        @Nullable String group,
        @Nullable Integer nice,
        @Nullable Integer oomScore,
        Map<Limit, LimitValue> limits) {

    /// All as visor itself was started.
    public static final ProcessSpec INHERITED =
            new ProcessSpec(null, null, null, null, null, Map.of());

    public ProcessSpec {
        limits = Map.copyOf(limits);
    }

    /// What can be limited. The names are those of prlimit(1).
    public enum Limit {
        NOFILE,
        NPROC,
        CORE,
        MEMLOCK
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

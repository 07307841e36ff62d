package io.visor.process;

import io.visor.model.ProcessSpec.LimitValue;
import io.visor.os.OpenFiles;
import io.visor.os.OsException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The open files that visor needs for its children. Where they are many, visor raises its own soft
/// limit; children still get the one that visor was started with.
public final class FileBudget {

    /// Two pipes, a pidfd, a log; while it is started, the other ends of the pipes.
    private static final long EACH = 6;

    /// Class files, the chain, probes, the control channel.
    private static final long VISOR = 256;

    private volatile @Nullable LimitValue original;

    /// What visor was started with, if visor has raised it since.
    Optional<LimitValue> original() {
        return Optional.ofNullable(original);
    }

    /// Sees to it that a number of children can be watched. Nothing is raised as long as they need
    /// a quarter of the limit at most. May be called again when there are more.
    ///
    /// @return what to tell if that many are not possible; empty if they are
    public synchronized Optional<String> reserve(int children) {
        long needed = children * EACH;
        try {
            OpenFiles.Limit limit = OpenFiles.limit();
            if (needed > limit.soft() / 4 && limit.soft() < limit.hard()) {
                LimitValue before = new LimitValue(limit.soft(), limit.hard());
                long raised = Math.min(limit.hard(), needed * 4 + VISOR);
                if (raised > limit.soft()) {
                    OpenFiles.set(new OpenFiles.Limit(raised, limit.hard()));
                    original = original == null ? before : original;
                }
            }
            long enough = needed + VISOR;
            return enough <= limit.hard()
                    ? Optional.empty()
                    : Optional.of(
                            children
                                    + " services need about "
                                    + enough
                                    + " open files and visor may have "
                                    + limit.hard()
                                    + "; raise its hard limit to that (LimitNOFILE= of its unit,"
                                    + " ulimit -Hn)");
        } catch (OsException e) {
            return Optional.of("the limit of open files stays as it is: " + e.why());
        }
    }
}

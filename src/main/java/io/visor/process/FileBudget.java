package io.visor.process;

import io.visor.model.ProcessSpec.LimitValue;
import io.visor.os.OpenFiles;
import io.visor.os.OsException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The open files that visor needs for its children. Where they are many, visor raises its own soft
/// limit; children still get the one that visor was started with.
public final class FileBudget {

    /// Both ends of two pipes, a pidfd, a log.
    private static final long EACH = 6;

    /// Class files, the chain, probes, the control channel.
    private static final long VISOR = 256;

    private final Limits limits;
    private volatile @Nullable LimitValue original;

    /// Where the limit is read and set.
    interface Limits {

        OpenFiles.Limit get();

        void set(OpenFiles.Limit limit);
    }

    /// The budget of this process.
    FileBudget() {
        this(
                new Limits() {
                    @Override
                    public OpenFiles.Limit get() {
                        return OpenFiles.limit();
                    }

                    @Override
                    public void set(OpenFiles.Limit limit) {
                        OpenFiles.set(limit);
                    }
                });
    }

    FileBudget(Limits limits) {
        this.limits = limits;
    }

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
            OpenFiles.Limit limit = limits.get();
            long raised = Math.min(limit.hard(), needed * 4 + VISOR);
            if (needed > limit.soft() / 4 && raised > limit.soft()) {
                // Before it is raised: a child that is planned meanwhile must not get the new one.
                if (original == null) {
                    original =
                            new LimitValue(
                                    limit.soft(),
                                    limit.hard() == Long.MAX_VALUE
                                            ? LimitValue.UNLIMITED
                                            : limit.hard());
                }
                limits.set(new OpenFiles.Limit(raised, limit.hard()));
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

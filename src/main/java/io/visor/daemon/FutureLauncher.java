package io.visor.daemon;

import io.visor.process.Launch;
import io.visor.process.ProcessLauncher;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A launcher that is still being made when its users are put together. Nothing is planned before
/// it is there.
final class FutureLauncher implements ProcessLauncher {

    private final AtomicReference<@Nullable ProcessLauncher> launcher = new AtomicReference<>();

    void set(ProcessLauncher made) {
        launcher.set(made);
    }

    @Override
    public Plan plan(Launch launch) {
        return Objects.requireNonNull(launcher.get()).plan(launch);
    }

    @Override
    public boolean finishOutput(Duration limit) throws InterruptedException {
        ProcessLauncher made = launcher.get();
        return made == null || made.finishOutput(limit);
    }
}

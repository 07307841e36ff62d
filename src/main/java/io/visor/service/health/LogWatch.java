package io.visor.service.health;

import io.visor.model.HealthSpec.Log;
import io.visor.process.LineWatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// Looks for lines, each of which need be seen only once.
final class LogWatch implements LineWatcher {

    private final List<Sought> all = new ArrayList<>();

    private record Sought(Log log, Runnable onSeen, AtomicBoolean seen) {}

    /// Makes a watch.
    ///
    /// @param patterns what is looked for, and what is done once when it is seen
    LogWatch(Map<Log, Runnable> patterns) {
        patterns.forEach((log, onSeen) -> all.add(new Sought(log, onSeen, new AtomicBoolean())));
    }

    @Override
    public boolean onLine(String line) {
        boolean more = false;
        for (Sought sought : all) {
            if (sought.seen.get()) {
                continue;
            }
            if (!sought.log.pattern().isIn(line)) {
                more = true;
            } else if (sought.seen.compareAndSet(false, true)) {
                sought.onSeen.run();
            }
        }
        return more;
    }
}

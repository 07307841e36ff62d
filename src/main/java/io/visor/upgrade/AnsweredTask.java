package io.visor.upgrade;

import io.visor.time.Scheduler;
import io.visor.time.Task;
import java.util.function.Consumer;

/// A task that an upgrade waits for: it must be heard of even where visor itself is at fault, as
/// the services may be stopped until then.
final class AnsweredTask {

    private AnsweredTask() {}

    /// Starts it.
    ///
    /// @param name the thread's name
    /// @param onFault told, on the task's thread, why there is no other answer
    static Task start(Scheduler scheduler, String name, Task.Body body, Consumer<String> onFault) {
        return scheduler.start(
                name,
                () -> {
                    try {
                        body.run();
                    } catch (RuntimeException e) {
                        scheduler.failed(name, e);
                        onFault.accept("visor is at fault (" + e + "); its log has more");
                    }
                });
    }
}

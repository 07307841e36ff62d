package io.visor.upgrade;

import io.visor.time.Loop;
import io.visor.time.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Tasks of which none works while an earlier one does. One that was cancelled may not have noticed
/// yet: a hook ends, data is being copied, or a link is being made. For the loop.
final class TaskLine {

    /// How long one is waited for at a time; it is waited for as often as it takes.
    private static final Duration AWHILE = Duration.ofSeconds(10);

    private final Loop loop;

    /// Those that may not have ended.
    private final List<Task> line = new ArrayList<>();

    /// @param loop the one that this is for
    TaskLine(Loop loop) {
        this.loop = loop;
    }

    /// Starts a task that works when those before it have ended.
    ///
    /// @param starter starts what it is given in a task
    Task start(Function<Task.Body, Task> starter, Task.Body body) {
        List<Task> before = List.copyOf(line);
        Task task =
                starter.apply(() -> {
                    for (Task other : before) {
                        awaitEnd(other);
                    }
                    loop.execute(() -> line.removeAll(before));
                    body.run();
                });
        line.add(task);
        return task;
    }

    private static void awaitEnd(Task task) throws InterruptedException {
        boolean ended = false;
        while (!ended) {
            ended = task.join(AWHILE);
        }
    }
}

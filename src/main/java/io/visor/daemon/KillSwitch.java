package io.visor.daemon;

import io.visor.model.Signal;
import io.visor.os.ProcessSignals;
import io.visor.service.ServiceEffect;
import io.visor.store.FaultPoints;
import io.visor.upgrade.UpgradeEffect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/// Ends this process by SIGKILL at a step, so that tests can show that nothing is lost by it. It is
/// asked to by system properties that only tests set:
///
/// - `visor.kill.at`: the step, such as `before-Switch`;
/// - `visor.kill.time`: at which time the step is reached, from 1 (the default);
/// - `visor.steps`: a file to which the steps are appended that are reached.
final class KillSwitch implements FaultPoints {

    private static final FaultPoints ASKED = make();

    private final String at;
    private final AtomicInteger left;
    private final String log;

    private KillSwitch(String at, int time, String log) {
        this.at = at;
        this.left = new AtomicInteger(time);
        this.log = log;
    }

    /// What this process was asked for: nothing, as a rule.
    static FaultPoints asAsked() {
        return ASKED;
    }

    private static FaultPoints make() {
        String at = System.getProperty("visor.kill.at", "");
        String log = System.getProperty("visor.steps", "");
        return at.isEmpty() && log.isEmpty()
                ? FaultPoints.NONE
                : new KillSwitch(at, Integer.getInteger("visor.kill.time", 1), log);
    }

    @Override
    public void before(Object step) {
        reach("before-" + name(step));
    }

    @Override
    public void after(Object step) {
        reach("after-" + name(step));
    }

    /// What is told or recorded is a step of its own.
    private static String name(Object step) {
        return switch (step) {
            case Enum<?> constant -> constant.name();
            case UpgradeEffect.Tell(var notice) -> "Tell-" + notice.getClass().getSimpleName();
            case UpgradeEffect.Record(var conclusion) ->
                    "Record-" + conclusion.getClass().getSimpleName();
            case ServiceEffect.Tell(var notice) ->
                    "service-Tell-" + notice.getClass().getSimpleName();
            case ServiceEffect effect -> "service-" + effect.getClass().getSimpleName();
            default -> step.getClass().getSimpleName();
        };
    }

    private void reach(String step) {
        if (!log.isEmpty()) {
            write(step);
        }
        if (step.equals(at) && left.decrementAndGet() == 0) {
            var unused = ProcessSignals.send(ProcessHandle.current().pid(), Signal.KILL);
        }
    }

    private void write(String step) {
        try {
            Files.writeString(
                    Path.of(log),
                    step + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.visor.daemon;

import io.visor.daemon.instance.Instance;
import io.visor.model.ProgramName;
import io.visor.model.Version;
import io.visor.service.Service.Wanted;
import io.visor.service.Supervisor;
import io.visor.systemd.ServiceNotifier;
import io.visor.time.Loop;
import io.visor.time.Timer;
import io.visor.upgrade.Move;
import io.visor.upgrade.Program;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Visor as a service of systemd's: tells when it is ready, what it is at, and that its loop turns.
/// For the instance's loop.
final class UnderSystemd {

    /// What happens within so much time is told together.
    private static final Duration LATER = Duration.ofMillis(50);

    private final ServiceNotifier notifier;
    private final Loop loop;
    private final Instance instance;
    private final List<ProgramName> programs;
    private String status = "";
    private boolean isReady;
    private boolean isReloading;
    private boolean isStopping;
    private @Nullable Timer timer;

    UnderSystemd(
            ServiceNotifier notifier, Loop loop, Instance instance, List<ProgramName> programs) {
        this.notifier = notifier;
        this.loop = loop;
        this.instance = instance;
        this.programs = programs.stream().sorted().toList();
    }

    void begin() {
        notifier.watchdog().ifPresent(limit -> feed(limit.dividedBy(2)));
        lookSoon();
    }

    private void feed(Duration pause) {
        notifier.alive();
        var unused = loop.schedule(pause, () -> feed(pause));
    }

    /// The configuration is being read again, which may be over before anything else is told.
    void reloads() {
        look();
    }

    /// Something has happened.
    void lookSoon() {
        if (instance.isStopping() && !isStopping) {
            // There may be no later.
            look();
        } else if (timer == null) {
            timer =
                    loop.schedule(
                            LATER,
                            () -> {
                                timer = null;
                                look();
                            });
        }
    }

    private void look() {
        if (instance.isStopping()) {
            if (!isStopping) {
                isStopping = true;
                notifier.stopping();
            }
        } else if (isReady && instance.isReloading() != isReloading) {
            isReloading = !isReloading;
            if (isReloading) {
                notifier.reloading();
            } else {
                notifier.ready();
            }
        } else if (!isReady && instance.hasBegun()) {
            isReady = true;
            notifier.ready();
        }
        String now = text();
        if (!now.equals(status)) {
            status = now;
            notifier.status(now);
        }
    }

    /// `lavap 1.0.0 → 1.1.0: watching; 2 of 2 services run`.
    private String text() {
        if (instance.isStopping()) {
            return "stopping";
        }
        if (!instance.hasBegun()) {
            return "starting";
        }
        StringBuilder text = new StringBuilder();
        for (ProgramName name : programs) {
            text.append(text(name, instance.upgrader().program(name))).append("; ");
        }
        List<Supervisor.View> wanted =
                instance.supervisor().views().stream()
                        .filter(view -> view.service().wanted() == Wanted.UP)
                        .toList();
        long ready = wanted.stream().filter(view -> view.service().state().isReady()).count();
        return text.append(ready)
                .append(" of ")
                .append(wanted.size())
                .append(wanted.size() == 1 ? " service runs" : " services run")
                .toString();
    }

    private static String text(ProgramName name, Program program) {
        Move move = program.state().move();
        Version active = program.active();
        if (move != null && !program.state().isOver()) {
            return name
                    + " "
                    + (move.from() == null ? "" : move.from() + " → ")
                    + move.to()
                    + ": "
                    + program.state().word();
        }
        return name + " " + (active == null ? "is not here yet" : active);
    }
}

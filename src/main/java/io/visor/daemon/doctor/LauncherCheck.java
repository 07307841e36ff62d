package io.visor.daemon.doctor;

import io.visor.process.ChildTable;
import io.visor.process.Launchers;
import io.visor.process.LogListener;
import io.visor.time.Scheduler;
import io.visor.time.SystemScheduler;
import java.util.List;

/// How this machine lets visor start its own children.
record LauncherCheck() implements Check {

    private static final String SUBJECT = "launcher";

    @Override
    public List<Finding> run(Host host) {
        Scheduler scheduler = new SystemScheduler((_, _) -> {});
        Launchers.Choice choice =
                Launchers.choose(
                        scheduler, scheduler.loop("doctor"), new ChildTable(), LogListener.none());
        String how = "children are started by " + choice.how();
        return List.of(
                choice.whyNotNative().isEmpty()
                        ? new Finding.Fine(SUBJECT, how)
                        : new Finding.Note(
                                SUBJECT,
                                how + ", which is slower: " + choice.whyNotNative(),
                                "run a kernel of 5.3 or newer, and let pidfd_open(2) through"));
    }
}

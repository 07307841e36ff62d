package io.visor.daemon.instance;

import io.visor.config.ConfigException;
import io.visor.daemon.instance.InstanceListener.Level;
import io.visor.model.ServiceSpec;
import io.visor.model.VisorConfig;
import io.visor.model.VisorException;
import io.visor.time.Loop;
import io.visor.time.Scheduler;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Goes over to a configuration that is read again while the instance runs. Every method is for the
/// loop.
final class Reloading {

    private final @Nullable Supplier<VisorConfig> reader;
    private final Scheduler scheduler;
    private final Loop loop;
    private final Instance instance;
    private final InstanceListener listener;
    private VisorConfig config;
    private @Nullable VisorConfig pending;
    private int reading;
    private int reads;

    Reloading(
            InstancePlan plan,
            Scheduler scheduler,
            Loop loop,
            Instance instance,
            InstanceListener listener) {
        this.reader = plan.reread();
        this.config = plan.config();
        this.scheduler = scheduler;
        this.loop = loop;
        this.instance = instance;
        this.listener = listener;
    }

    /// Reads it in a task, and goes over to it as soon as that is possible.
    void reread() {
        Supplier<VisorConfig> from = reader;
        if (from != null) {
            int mine = ++reads;
            reading++;
            scheduler.start("reload", () -> reread(from, mine));
        }
    }

    /// Whether it is being read.
    boolean isReading() {
        return reading > 0;
    }

    private void fail(String text) {
        loop.execute(() -> {
            reading--;
            listener.say(Level.ERROR, "visor", text);
        });
    }

    private void reread(Supplier<VisorConfig> from, int mine) {
        VisorConfig next;
        try {
            next = from.get();
        } catch (ConfigException e) {
            fail("cannot reload " + e.file() + ": " + e.why() + rest(e));
            return;
        } catch (VisorException e) {
            fail("cannot reload: " + e.why() + "; nothing is changed");
            return;
        }
        loop.execute(() -> {
            reading--;
            if (mine != reads) {
                // It is being read again, and may be older than what that finds.
                return;
            }
            pending = next;
            if (instance.upgrader().isSwitching()) {
                listener.say(
                        Level.INFO,
                        "visor",
                        "the configuration is reloaded when the upgrade has ended");
            }
            look();
        });
    }

    private static String rest(ConfigException e) {
        StringBuilder text = new StringBuilder("; nothing is changed");
        e.problems().forEach(problem -> text.append("\n  ").append(problem));
        return text.toString();
    }

    /// An upgrade has gone on, and may have ended.
    void lookSoon() {
        if (pending != null) {
            loop.execute(this::look);
        }
    }

    /// Goes over to a configuration that was read again; not in the middle of a switch.
    void look() {
        VisorConfig next = pending;
        if (next == null
                || !instance.hasBegunUnversioned()
                || instance.isStopping()
                || instance.upgrader().isSwitching()) {
            return;
        }
        pending = null;
        Optional<ServiceSpec> stranger =
                next.services().stream()
                        .filter(spec ->
                                spec.program() != null
                                        && !config.programs().containsKey(spec.program()))
                        .findFirst();
        if (stranger.isPresent()) {
            listener.say(
                    Level.ERROR,
                    "visor",
                    "cannot reload: "
                            + stranger.get().name()
                            + " follows "
                            + stranger.get().program()
                            + ", which this visor was not started with; nothing is changed, restart"
                            + " visor");
            return;
        }
        if (listsNothing(next) && !listsNothing(config)) {
            // As a rule the file is just being replaced, and is not there or not whole.
            listener.say(
                    Level.ERROR,
                    "visor",
                    "cannot reload: the configuration lists no services any more; nothing is"
                            + " changed, stop visor if that is meant");
            return;
        }
        if (!next.chain().equals(config.chain()) || !next.programs().equals(config.programs())) {
            listener.say(
                    Level.WARN,
                    "visor",
                    "chain and programs of the configuration have changed: that takes a restart of"
                            + " visor");
        }
        config = new VisorConfig(config.chain(), config.programs(), next.services());
        instance.surroundings().reserve(next.services().size());
        instance.supervisor()
                .reload(next.services(), instance.wanted()::of, instance::waitsForUpgrade);
        listener.say(
                Level.INFO, "visor", "configuration reloaded: " + count(next.services().size()));
    }

    private static boolean listsNothing(VisorConfig config) {
        return config.services().isEmpty();
    }

    private static String count(int services) {
        return services == 1 ? "1 service" : services + " services";
    }
}

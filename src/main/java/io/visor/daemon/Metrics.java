package io.visor.daemon;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.visor.chain.ChainEvent;
import io.visor.model.HealthSpec;
import io.visor.model.Observation;
import io.visor.model.ProgramName;
import io.visor.model.Requirement;
import io.visor.model.ServiceSpec;
import io.visor.model.Version;
import io.visor.release.ReleaseEvent;
import io.visor.service.ServiceNotice;
import io.visor.upgrade.Move;
import io.visor.upgrade.UpgradeNotice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What visor counts and measures, in the text format of Prometheus (version 0.0.4). Made only
/// where it is served.
final class Metrics {

    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Gauge height =
            gauge("visor_chain_height_blocks", "Height of the last observation that counted.");
    private final Gauge observed =
            gauge(
                    "visor_chain_observed_timestamp_seconds",
                    "When the last observation that counted was made.");
    private final Counter chainFailures =
            counter(
                    "visor_chain_failures_total",
                    "Answers of an endpoint that could not be used.",
                    "endpoint",
                    "kind");
    private final Map<String, Version> actives = new HashMap<>();
    private final Gauge required =
            gauge(
                    "visor_program_required_info",
                    "What the network asks for.",
                    "program",
                    "min",
                    "target");
    private final Gauge active =
            gauge("visor_program_active_info", "The active version.", "program", "version");
    private final Counter upgrades =
            counter("visor_upgrades_total", "Upgrades by how they ended.", "program", "result");
    private final Counter stagingFailures =
            counter(
                    "visor_release_failures_total",
                    "Attempts to stage a release that failed.",
                    "program");
    private final Counter fetched =
            counter(
                    "visor_release_fetched_bytes_total",
                    "Bytes of releases that were fetched and verified.",
                    "program");
    private final Gauge up =
            gauge("visor_service_up", "Whether the service has a process.", "service");
    private final Gauge ready =
            gauge("visor_service_ready", "Whether the service can be used.", "service");
    private final Counter starts =
            counter("visor_service_starts_total", "Processes started.", "service");
    private final Counter exits =
            counter(
                    "visor_service_exits_total",
                    "Processes that ended by themselves.",
                    "service",
                    "status");
    private final Gauge down =
            gauge(
                    "visor_service_last_down_seconds",
                    "Time without a process before the last start.",
                    "service");

    Metrics(String version) {
        gauge("visor_build_info", "The version of visor.", "version").labelValues(version).set(1);
    }

    private Gauge gauge(String name, String help, String... labels) {
        return Gauge.builder().name(name).help(help).labelNames(labels).register(registry);
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
    }

    /// All of it as text.
    byte[] write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return out.toByteArray();
    }

    void on(ChainEvent event) {
        switch (event) {
            case ChainEvent.Observed(Observation observation) -> {
                height.set(observation.height());
                observed.set(observation.at().toEpochMilli() / 1e3);
            }
            case ChainEvent.EndpointFailed failed ->
                    chainFailures
                            .labelValues(
                                    failed.endpoint(),
                                    failed.failure().kind().name().toLowerCase(Locale.ROOT))
                            .inc();
            case ChainEvent.Following _ -> {}
        }
    }

    void on(ReleaseEvent event) {
        if (event instanceof ReleaseEvent.Fetched done) {
            fetched.labelValues(done.program().text()).inc(done.manifest().size());
        }
    }

    void on(ServiceSpec spec, ServiceNotice notice) {
        String name = spec.name().text();
        switch (notice) {
            case ServiceNotice.Started(long _, @Nullable Duration without) -> {
                up.labelValues(name).set(1);
                ready.labelValues(name).set(spec.health().equals(HealthSpec.NONE) ? 1 : 0);
                starts.labelValues(name).inc();
                Optional.ofNullable(without)
                        .ifPresent(time -> down.labelValues(name).set(time.toNanos() / 1e9));
            }
            case ServiceNotice.Ended ended -> {
                up.labelValues(name).set(0);
                ready.labelValues(name).set(0);
                if (!ended.asked()) {
                    exits.labelValues(name, ended.status().toString()).inc();
                }
            }
            case ServiceNotice.Ready _ -> ready.labelValues(name).set(1);
            case ServiceNotice.NotReady _ -> ready.labelValues(name).set(0);
            case ServiceNotice.Asked _,
                    ServiceNotice.Killed _,
                    ServiceNotice.Waiting _,
                    ServiceNotice.Unhealthy _,
                    ServiceNotice.NotStarted _,
                    ServiceNotice.Retrying _,
                    ServiceNotice.GaveUp _,
                    ServiceNotice.AtRest _ -> {}
        }
    }

    void on(ProgramName program, UpgradeNotice notice) {
        String name = program.text();
        switch (notice) {
            case UpgradeNotice.Asked asked -> {
                Requirement before = asked.before();
                if (before != null) {
                    required.remove(name, before.min().toString(), before.target().toString());
                }
                required.labelValues(
                                name,
                                asked.requirement().min().toString(),
                                asked.requirement().target().toString())
                        .set(1);
            }
            case UpgradeNotice.NotStaged _ -> stagingFailures.labelValues(name).inc();
            case UpgradeNotice.Switched(Move move) -> setActive(name, move.to());
            case UpgradeNotice.Committed _ -> upgrades.labelValues(name, "committed").inc();
            case UpgradeNotice.RolledBack rolledBack -> {
                setActive(name, rolledBack.back());
                upgrades.labelValues(name, "rolled_back").inc();
            }
            case UpgradeNotice.Abandoned _ -> upgrades.labelValues(name, "abandoned").inc();
            case UpgradeNotice.NotBlamed _ -> upgrades.labelValues(name, "not_blamed").inc();
            case UpgradeNotice.StillTrying _ -> upgrades.labelValues(name, "failed").inc();
            case UpgradeNotice.Staged _,
                    UpgradeNotice.Detected _,
                    UpgradeNotice.Blocked _,
                    UpgradeNotice.Stopped _,
                    UpgradeNotice.Started _,
                    UpgradeNotice.Ready _,
                    UpgradeNotice.TakenUp _,
                    UpgradeNotice.NotRecorded _,
                    UpgradeNotice.NotJudged _,
                    UpgradeNotice.HookRan _,
                    UpgradeNotice.Copying _,
                    UpgradeNotice.BackedUp _,
                    UpgradeNotice.Restored _,
                    UpgradeNotice.NotPruned _,
                    UpgradeNotice.Begun _,
                    UpgradeNotice.NotSwitched _,
                    UpgradeNotice.Postponed _,
                    UpgradeNotice.RollingBack _ -> {}
        }
    }

    /// The version that a program's services are started with.
    void setActive(String program, Version version) {
        Version before = actives.put(program, version);
        if (before != null) {
            active.remove(program, before.toString());
        }
        active.labelValues(program, version.toString()).set(1);
    }
}

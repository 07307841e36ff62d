package io.visor.daemon.units;

import io.visor.model.Dependency;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.model.StopPolicy;
import io.visor.model.VisorConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How long systemd must give visor to end: services end one after the other where one waits for
/// another.
final class StopLimit {

    /// For visor's own end, and whatever a stop that has begun still does.
    private static final Duration BESIDES = Duration.ofSeconds(30);

    private final Map<ServiceName, ServiceSpec> services = new HashMap<>();
    private final Map<ServiceName, Duration> known = new HashMap<>();

    private StopLimit(VisorConfig config) {
        config.services().forEach(service -> services.put(service.name(), service));
    }

    /// The limit for a configuration, which has no circle of dependencies.
    static Duration of(VisorConfig config) {
        StopLimit limit = new StopLimit(config);
        Duration longest = grace(StopPolicy.DEFAULT);
        for (ServiceName name : limit.services.keySet()) {
            Duration chain = limit.chain(name);
            longest = chain.compareTo(longest) > 0 ? chain : longest;
        }
        return longest.plus(BESIDES);
    }

    /// What a service and those that it waits for may take, one after the other.
    private Duration chain(ServiceName name) {
        ServiceSpec service = services.get(name);
        if (service == null) {
            return Duration.ZERO;
        }
        Duration found = known.get(name);
        if (found != null) {
            return found;
        }
        Duration before = Duration.ZERO;
        for (Dependency dependency : service.after()) {
            Duration other = chain(dependency.service());
            before = other.compareTo(before) > 0 ? other : before;
        }
        Duration chain = before.plus(grace(service.stop()));
        known.put(name, chain);
        return chain;
    }

    private static Duration grace(StopPolicy stop) {
        return stop.steps().stream()
                .map(StopPolicy.Step::grace)
                .reduce(Duration.ZERO, Duration::plus);
    }
}

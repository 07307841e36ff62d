package io.visor.service;

import io.visor.model.Dependency;
import io.visor.model.ExitStatus;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import io.visor.service.Service.Wanted;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What services wait for: whether it is as it must be, and if it is not, whether it may still
/// become so without anybody's doing.
final class Prerequisites {

    private final Function<ServiceName, @Nullable Other> others;

    /// A service that others may wait for.
    interface Other {

        ServiceSpec spec();

        Service service();
    }

    /// Makes them.
    ///
    /// @param others gives a service by its name; null if there is none
    Prerequisites(Function<ServiceName, @Nullable Other> others) {
        this.others = others;
    }

    boolean areMet(ServiceSpec spec) {
        return spec.after().stream().allMatch(this::isMet);
    }

    /// What a service waits for that is not as it must be.
    List<Unmet> unmet(ServiceSpec spec) {
        return spec.after().stream()
                .filter(dependency -> !isMet(dependency))
                .map(dependency ->
                        new Unmet(dependency, obstacle(dependency.service(), new HashSet<>())))
                .toList();
    }

    private boolean isMet(Dependency dependency) {
        Other other = others.apply(dependency.service());
        if (other == null) {
            return false;
        }
        ServiceState state = other.service().state();
        return switch (dependency.is()) {
            case STARTED ->
                    state instanceof ServiceState.Running
                            || state instanceof ServiceState.Completed;
            case HEALTHY -> state.isReady();
            case COMPLETED ->
                    state instanceof ServiceState.Completed
                            || state instanceof ServiceState.Failed(String _, ExitStatus status)
                                    && status != null;
            case COMPLETED_SUCCESSFULLY -> state instanceof ServiceState.Completed;
        };
    }

    /// Why a service that is not as it must be will stay so; for one that waits itself, what is in
    /// the way of that.
    private @Nullable String obstacle(ServiceName name, Set<ServiceName> seen) {
        Other other = others.apply(name);
        if (other == null || !seen.add(name)) {
            return null;
        }
        return switch (other.service().state()) {
            case ServiceState.Failed failed -> name + " has failed: " + failed.why();
            case ServiceState.Stopped _ when other.service().wanted() == Wanted.DOWN ->
                    name + " was stopped and is wanted down";
            case ServiceState.Waiting(ServiceState.Waiting.Reason reason)
                    when reason == ServiceState.Waiting.Reason.DEPENDENCY ->
                    other.spec().after().stream()
                            .filter(dependency -> !isMet(dependency))
                            .map(dependency -> obstacle(dependency.service(), seen))
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElse(null);
            case ServiceState.Stopped _,
                    ServiceState.Waiting _,
                    ServiceState.Starting _,
                    ServiceState.Running _,
                    ServiceState.Stopping _,
                    ServiceState.Killing _,
                    ServiceState.Backoff _,
                    ServiceState.Completed _ ->
                    null;
        };
    }
}

package io.visor.service;

import java.time.Duration;
import java.util.List;

/// How a service goes from state to state. Pure: the same service, event and time give the same
/// transition.
public sealed interface Machine permits ServiceMachine, UnitMachine {

    /// What follows from an event.
    ///
    /// @param next the service after it
    /// @param effects what is to be done, in order
    record Transition(Service next, List<ServiceEffect> effects) {
        public Transition {
            effects = List.copyOf(effects);
        }
    }

    /// Takes an event.
    ///
    /// @param now a reading of the monotonic clock
    Transition on(Service service, ServiceEvent event, Duration now);
}

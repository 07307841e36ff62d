package io.visor.service.health;

import io.visor.model.HealthSpec.Purpose;

/// What the checks of one process have to tell. [Started] comes at most once, and before [Ready]
/// and [NotReady]; after [Failed] nothing comes.
public sealed interface HealthNotice {

    /// The startup check succeeded, or there is none.
    record Started() implements HealthNotice {}

    /// The service can be used.
    record Ready() implements HealthNotice {}

    /// The service cannot be used, or not any more.
    ///
    /// @param why in words
    record NotReady(String why) implements HealthNotice {}

    /// The process does not work, and another one should take its place.
    ///
    /// @param purpose the check that failed, startup or liveness
    /// @param why which check failed, how often, and how the last time
    record Failed(Purpose purpose, String why) implements HealthNotice {}
}

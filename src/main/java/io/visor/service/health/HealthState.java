package io.visor.service.health;

/// What is known of the health of one process.
public sealed interface HealthState {

    /// It has not been found started yet.
    ///
    /// @param startup the answers of the startup check
    record Starting(Row startup) implements HealthState {}

    /// It has started.
    ///
    /// @param readiness whether it can be used
    /// @param ready the answers of the readiness check
    /// @param live the answers of the liveness check
    record Started(Readiness readiness, Row ready, Row live) implements HealthState {}

    /// It does not work.
    ///
    /// @param why in words
    record Failed(String why) implements HealthState {}

    /// Whether a service can be used.
    enum Readiness {
        /// Neither enough successes nor enough failures have been seen.
        UNKNOWN,
        READY,
        NOT_READY
    }

    /// Answers of one check.
    ///
    /// @param passed how many of the latest ones in a row were as they should be
    /// @param missed how many of the latest ones in a row were not, and count
    /// @param everPassed whether any was as it should be
    /// @param last what was wrong the last time; empty if nothing is
    record Row(int passed, int missed, boolean everPassed, String last) {

        /// No answer yet.
        public static final Row NONE = new Row(0, 0, false, "");

        Row pass() {
            return new Row(passed == Integer.MAX_VALUE ? passed : passed + 1, 0, true, "");
        }

        Row miss(String why) {
            return new Row(0, missed + 1, everPassed, why);
        }

        Row overlook(String why) {
            return new Row(passed, missed, everPassed, why);
        }
    }

    /// Whether the service can be used.
    default boolean isReady() {
        return this instanceof Started(Readiness readiness, Row _, Row _)
                && readiness == Readiness.READY;
    }

    /// What keeps the service from being used, or was wrong the last time; empty if nothing is, or
    /// nothing is known yet.
    default String why() {
        return switch (this) {
            case Starting(Row startup) -> startup.last();
            case Started(Readiness _, Row ready, Row live) ->
                    ready.last().isEmpty() ? live.last() : ready.last();
            case Failed(String why) -> why;
        };
    }

    /// The word for people and for the API.
    default String word() {
        return switch (this) {
            case Starting _ -> "starting";
            case Started(Readiness readiness, Row _, Row _) ->
                    switch (readiness) {
                        case UNKNOWN -> "starting";
                        case READY -> "ok";
                        case NOT_READY -> "not ready";
                    };
            case Failed _ -> "failed";
        };
    }
}

package io.visor.model;

/// What a service waits for before it is started.
///
/// @param service the other service
/// @param is what it must be
public record Dependency(ServiceName service, Is is) {

    /// What the other service must be.
    public enum Is {
        /// It has a process.
        STARTED("started"),
        /// It has a process that is ready.
        HEALTHY("healthy"),
        /// It ran to its end, whatever its exit code.
        COMPLETED("completed"),
        /// It ran to its end with success.
        COMPLETED_SUCCESSFULLY("completed-successfully");

        private final String word;

        Is(String word) {
            this.word = word;
        }

        /// The word of the configuration file.
        public String word() {
            return word;
        }
    }

    @Override
    public String toString() {
        return service + " is " + is.word();
    }
}

package io.visor.model;

/// How a service's output is written to its log file.
///
/// @param format the form of a line
/// @param timestamps whether each line begins with the time at which it was read (in JSON it always
///   has it)
/// @param maxBytes the file is set aside when it has grown to this size, at least 4096
/// @param keep how many files set aside are kept, at least 0
public record LogSpec(Format format, boolean timestamps, long maxBytes, int keep) {

    /// As it is; 100 MB and 5 files set aside.
    public static final LogSpec DEFAULT = new LogSpec(Format.RAW, false, 100_000_000, 5);

    /// The form of a line.
    public enum Format {
        /// Byte for byte what the service wrote.
        RAW("raw"),
        /// The service's name and stream before each line.
        PREFIX("prefix"),
        /// A JSON object for each line.
        JSON("json");

        private final String word;

        Format(String word) {
            this.word = word;
        }

        /// The word of the configuration file.
        public String word() {
            return word;
        }
    }
}

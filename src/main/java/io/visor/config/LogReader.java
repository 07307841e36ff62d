package io.visor.config;

import io.visor.model.LogSpec;
import io.visor.model.Sizes;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads how a service's output is written to its log.
final class LogReader {

    private static final long MIN_BYTES = 4096;
    private static final long MAX_BYTES = 1L << 40;
    private static final int MAX_KEEP = 1000;

    private static final Map<String, LogSpec.Format> FORMATS = formats();

    private LogReader() {}

    private static Map<String, LogSpec.Format> formats() {
        Map<String, LogSpec.Format> formats = new LinkedHashMap<>();
        for (LogSpec.Format format : LogSpec.Format.values()) {
            formats.put(format.word(), format);
        }
        return formats;
    }

    /// Reads `log:` of a service.
    static LogSpec read(Section service) {
        LogSpec defaults = LogSpec.DEFAULT;
        try (Section section = service.section("log")) {
            LogSpec.Format format = section.word("format", FORMATS).orElse(defaults.format());
            boolean timestamps = section.bool("timestamps").orElse(defaults.timestamps());
            return new LogSpec(
                    format,
                    timestamps,
                    section.parsed("max-size", LogReader::size).orElse(defaults.maxBytes()),
                    section.parsed("keep", LogReader::count).orElse(defaults.keep()));
        }
    }

    private static long size(String text) {
        long bytes =
                Sizes.parse(text)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "\"" + text + "\" is no size; write 64kB, 100MB, 1GiB"));
        if (bytes < MIN_BYTES || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    text
                            + " is not between "
                            + Sizes.exact(MIN_BYTES)
                            + " and "
                            + Sizes.exact(MAX_BYTES));
        }
        return bytes;
    }

    private static int count(String text) {
        int count = text.matches("\\d{1,4}") ? Integer.parseInt(text) : -1;
        if (count < 0 || count > MAX_KEEP) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no number from 0 to " + MAX_KEEP);
        }
        return count;
    }
}

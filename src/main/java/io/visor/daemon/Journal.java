package io.visor.daemon;

import io.visor.daemon.instance.InstanceListener;
import io.visor.model.Durations;
import io.visor.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// What visor says in its log: one line an event, with a subject. What is said again soon is
/// counted instead, and the count is told with the next line of its kind.
final class Journal {

    static final String ROOT = "visor";

    private static final Duration FIRST_SILENCE = Duration.ofSeconds(2);
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);
    private static final int KINDS = 64;

    /// So many lines of a kind are said before the others are only counted: one restart by hand is
    /// no repetition.
    private static final int BURST = 3;

    /// What may differ between two lines of a kind: durations, attempts, heights, pids.
    private static final Pattern VARYING =
            Pattern.compile(
                    "\\b\\d+(\\.\\d+)?(ms|s|m|h|d)(\\d+(s|m|h))?\\b|(?<=attempt |height |pid"
                            + " )\\d+");

    private final Clock clock;
    private final Map<String, Repeats> kinds =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Repeats> eldest) {
                    return size() > KINDS;
                }
            };

    /// How often something was said lately.
    private static final class Repeats {
        private Duration saidAt;
        private Duration silence = FIRST_SILENCE;
        private int said = 1;
        private int count;

        Repeats(Duration saidAt) {
            this.saidAt = saidAt;
        }
    }

    Journal(Clock clock) {
        this.clock = clock;
    }

    void say(InstanceListener.Level level, String subject, String text) {
        switch (level) {
            case DEBUG -> debug(subject, text);
            case INFO -> info(subject, text);
            case WARN -> warn(subject, text);
            case ERROR -> error(subject, text);
        }
    }

    void debug(String subject, String text) {
        logger(subject).debug(text);
    }

    void info(String subject, String text) {
        say(Level.INFO, subject, text);
    }

    void warn(String subject, String text) {
        say(Level.WARN, subject, text);
    }

    void error(String subject, String text) {
        say(Level.ERROR, subject, text);
    }

    /// A failure that nobody foresaw.
    void bug(String where, Throwable failure) {
        logger("visor").error("{} failed; please report this", where, failure);
    }

    private void say(Level level, String subject, String text) {
        String suffix = repeats(level + subject + VARYING.matcher(text).replaceAll("#"));
        if (suffix != null) {
            logger(subject).atLevel(level).log(text + suffix);
        }
    }

    /// What to add to a line of a kind; null if the line is to be left out.
    private synchronized @Nullable String repeats(String kind) {
        Duration now = clock.monotonic();
        Repeats repeats = kinds.get(kind);
        if (repeats == null) {
            kinds.put(kind, new Repeats(now));
            return "";
        }
        Duration since = now.minus(repeats.saidAt);
        if (since.compareTo(repeats.silence) < 0) {
            if (repeats.said < BURST) {
                repeats.said++;
                return "";
            }
            repeats.count++;
            return null;
        }
        String suffix =
                repeats.count == 0
                        ? ""
                        : " (… " + repeats.count + " more in " + Durations.format(since) + ")";
        boolean busy = since.compareTo(repeats.silence.multipliedBy(2)) < 0;
        Duration doubled = repeats.silence.multipliedBy(2);
        repeats.silence =
                !busy
                        ? FIRST_SILENCE
                        : doubled.compareTo(LONGEST_SILENCE) > 0 ? LONGEST_SILENCE : doubled;
        repeats.saidAt = now;
        repeats.said = busy ? BURST : 1;
        repeats.count = 0;
        return suffix;
    }

    private static Logger logger(String subject) {
        return LoggerFactory.getLogger(ROOT + "." + subject);
    }
}

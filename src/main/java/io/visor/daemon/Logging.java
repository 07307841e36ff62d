package io.visor.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.visor.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sets the log up: one line an event on standard error, as text for people or as JSON for
/// machines.
public final class Logging {

    /// How the log looks.
    ///
    /// @param json one JSON object a line; else text
    /// @param level the least level that is shown: `debug`, `info`, `warn` or `error` (`trace`
    ///   shows what `debug` does)
    /// @param levelField the name of the JSON field that holds the level
    /// @param colour whether text is coloured
    /// @param stackTraces whether the stack trace of a failure is shown
    public record Options(
            boolean json, String level, String levelField, boolean colour, boolean stackTraces) {

        public static final Options DEFAULT = new Options(false, "info", "level", false, false);
    }

    private Logging() {}

    /// Applies the options to the whole process.
    public static void configure(Options options) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            throw new IllegalStateException("logback is not the logging library");
        }
        context.reset();
        LayoutBase<ILoggingEvent> layout =
                options.json ? new JsonLayout(options) : new TextLayout(options);
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        // Libraries have a say only when something is wrong with them.
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger(Journal.ROOT).setLevel(Level.toLevel(options.level, Level.INFO));
    }

    private static String subject(ILoggingEvent event) {
        String name = event.getLoggerName();
        return name.startsWith(Journal.ROOT + ".")
                ? name.substring(Journal.ROOT.length() + 1)
                : "visor";
    }

    private static String failure(ILoggingEvent event, boolean stackTrace) {
        IThrowableProxy throwable = event.getThrowableProxy();
        if (throwable == null) {
            return "";
        }
        return stackTrace
                ? "\n" + ThrowableProxyUtil.asString(throwable)
                : ": " + throwable.getClassName() + ": " + throwable.getMessage();
    }

    /// `02:09:58 info chain target 6.0.0 …`
    private static final class TextLayout extends LayoutBase<ILoggingEvent> {

        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

        private final Options options;

        TextLayout(Options options) {
            this.options = options;
        }

        @Override
        public String doLayout(ILoggingEvent event) {
            String time =
                    TIME.format(
                            Instant.ofEpochMilli(event.getTimeStamp())
                                    .atZone(ZoneId.systemDefault()));
            String level =
                    String.format("%-5s", event.getLevel().toString().toLowerCase(Locale.ROOT));
            return time
                    + " "
                    + colour(event.getLevel(), level)
                    + " "
                    + String.format("%-8s", subject(event))
                    + " "
                    + event.getFormattedMessage()
                    + failure(event, options.stackTraces)
                    + "\n";
        }

        private String colour(Level level, String text) {
            if (!options.colour) {
                return text;
            }
            return switch (level.toInt()) {
                case Level.ERROR_INT -> "\u001b[31m" + text + "\u001b[0m";
                case Level.WARN_INT -> "\u001b[33m" + text + "\u001b[0m";
                default -> text;
            };
        }
    }

    /// `{"time":"2026-11-21T02:09:58.123Z","level":"info","subject":"chain","message":"…"}`
    private static final class JsonLayout extends LayoutBase<ILoggingEvent> {

        private final Options options;

        JsonLayout(Options options) {
            this.options = options;
        }

        @Override
        public String doLayout(ILoggingEvent event) {
            return Json.object(
                                    "time",
                                    Instant.ofEpochMilli(event.getTimeStamp()).toString(),
                                    options.levelField,
                                    event.getLevel().toString().toLowerCase(Locale.ROOT),
                                    "subject",
                                    subject(event),
                                    "message",
                                    event.getFormattedMessage()
                                            + failure(event, options.stackTraces))
                            .write()
                    + "\n";
        }
    }
}

package io.visor.service.health;

import io.visor.model.Durations;
import io.visor.model.HealthSpec.Exec;
import io.visor.model.HealthSpec.Grpc;
import io.visor.model.HealthSpec.Http;
import io.visor.model.HealthSpec.Log;
import io.visor.model.HealthSpec.Probe;
import io.visor.model.HealthSpec.Tcp;
import java.net.URI;
import java.time.Duration;

/// The words for what checks find.
final class Reasons {

    private static final int MAX_QUOTED = 120;

    private Reasons() {}

    /// Who is asked, without secrets.
    static String name(Probe probe) {
        return switch (probe) {
            case Http(URI url, var _, var _) -> address(url);
            case Tcp tcp -> tcp.address();
            case Grpc grpc -> grpc.address();
            case Exec(var command) ->
                    command.getFirst().substring(command.getFirst().lastIndexOf('/') + 1);
            case Log _ -> "its output";
        };
    }

    /// An address without user, password and query.
    static String address(URI url) {
        return url.getScheme()
                + "://"
                + url.getHost()
                + (url.getPort() < 0 ? "" : ":" + url.getPort())
                + (url.getRawPath() == null ? "" : url.getRawPath());
    }

    /// Nothing came in time.
    static String late(String name, Duration limit) {
        return name + ": no answer within " + Durations.format(limit);
    }

    /// The last line of a text that is not blank, without control characters, cut to 120
    /// characters; empty if there is none.
    static String lastLine(String text) {
        String last =
                text.lines()
                        .map(line ->
                                line.replaceAll("\\x1b\\[[0-9;]*[A-Za-z]", "")
                                        .replaceAll("\\p{Cntrl}", " ")
                                        .strip())
                        .filter(line -> !line.isEmpty())
                        .reduce("", (_, line) -> line);
        return last.length() > MAX_QUOTED ? last.substring(0, MAX_QUOTED) + "…" : last;
    }
}

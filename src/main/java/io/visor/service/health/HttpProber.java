package io.visor.service.health;

import io.visor.model.HealthSpec;
import io.visor.model.OutputPattern;
import io.visor.net.Http;
import io.visor.net.NetException;
import io.visor.time.Clock;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Asks over HTTP, as a kubelet does (Kubernetes, pkg/probe/http): a status from 200 to 399 is
/// good, redirects are followed on the same host only, every question is a connection of its own.
final class HttpProber implements Prober {

    private static final int MAX_REDIRECTS = 10;

    /// What is read of an answer that nobody looks at, so that its sender can finish.
    private static final int UNREAD_BYTES = 10 << 10;

    private static final int BODY_BYTES = 1 << 20;

    private final HealthSpec.Http probe;
    private final Supplier<Http> client;
    private final Clock clock;

    HttpProber(HealthSpec.Http probe, Supplier<Http> client, Clock clock) {
        this.probe = probe;
        this.client = client;
        this.clock = clock;
    }

    @Override
    public Answer ask(Duration limit) {
        Duration begun = clock.monotonic();
        URI at = probe.url();
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            Duration left = limit.minus(clock.since(begun));
            if (left.compareTo(Duration.ofMillis(1)) < 0) {
                return new Answer.Bad(Reasons.late(Reasons.address(at), limit));
            }
            Http.Answer answer;
            try {
                answer =
                        client.get()
                                .ask(
                                        at,
                                        headers(),
                                        left,
                                        probe.body() == null ? UNREAD_BYTES : BODY_BYTES);
            } catch (NetException e) {
                return new Answer.Bad(
                        e.kind() == NetException.Kind.TIMEOUT
                                ? Reasons.late(Reasons.address(at), limit)
                                : e.why());
            }
            Optional<URI> next = isWanted(answer.status()) ? Optional.empty() : next(at, answer);
            if (next.isEmpty()) {
                return judge(at, answer);
            }
            at = next.get();
        }
        return new Answer.Bad(
                Reasons.address(probe.url()) + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private Map<String, String> headers() {
        Map<String, String> headers =
                new HashMap<>(
                        Http.basicAuthentication(
                                Optional.ofNullable(probe.url().getUserInfo()).orElse("")));
        headers.put("Connection", "close");
        return headers;
    }

    /// Whether a status was asked for by its number.
    private boolean isWanted(int status) {
        return probe.status() != null && probe.status() == status;
    }

    /// Where a redirect leads, if it is followed. One to another host is not: who is checked does
    /// not say whom visor asks. Neither is one that drops the encryption.
    private static Optional<URI> next(URI from, Http.Answer answer) {
        if (answer.location().isEmpty()) {
            return Optional.empty();
        }
        URI to;
        try {
            to = from.resolve(answer.location());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        boolean sameHost = from.getHost().equalsIgnoreCase(to.getHost());
        boolean sameScheme =
                from.getScheme().equals(to.getScheme()) || "https".equals(to.getScheme());
        return sameHost && sameScheme ? Optional.of(to) : Optional.empty();
    }

    private Answer judge(URI at, Http.Answer answer) {
        String answered = Reasons.address(at) + " answered " + answer.status();
        if (probe.status() != null && !isWanted(answer.status())) {
            return new Answer.Bad(answered + ", not " + probe.status());
        }
        if (probe.status() == null && (answer.status() < 200 || answer.status() > 399)) {
            return new Answer.Bad(answered);
        }
        OutputPattern body = probe.body();
        if (body != null && !body.isIn(new String(answer.body(), StandardCharsets.UTF_8))) {
            return new Answer.Bad(answered + ", but nothing in its body matches \"" + body + "\"");
        }
        return new Answer.Good();
    }
}

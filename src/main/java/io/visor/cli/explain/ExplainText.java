package io.visor.cli.explain;

import io.visor.api.ChainStatus;
import io.visor.api.Next;
import io.visor.api.upgrade.Explanation;
import io.visor.api.upgrade.Explanation.Asked;
import io.visor.api.upgrade.Explanation.Down;
import io.visor.api.upgrade.Explanation.Held;
import io.visor.api.upgrade.Explanation.Running;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts an explanation into plain words: what runs, what the chain wants, what comes next and when,
/// and what stands in the way, each with the key or the command that changes it.
///
/// @param times tells times
public record ExplainText(Times times) {

    /// All of it.
    public String text(Explanation explanation) {
        Paragraphs text = new Paragraphs();
        text.add(0, running(explanation));
        explanation.down().forEach(down -> text.add(0, down(down)));
        asked(explanation).ifPresent(sentence -> text.add(0, sentence));
        silence(explanation, text);
        new UpgradeSentences(times, explanation).addTo(text);
        holds(explanation, text);
        return text.toString();
    }

    private String running(Explanation explanation) {
        Running running = explanation.running();
        String program = explanation.program();
        boolean isThere = explanation.visorStartedAt() != null;
        if (running == null) {
            return "No version of " + program + " is here: nothing of it runs.";
        }
        Instant since = running.since();
        return program
                + (isThere ? " runs " : " is at ")
                + running.version()
                + (since == null
                        ? ""
                        : ", since " + times.at(since) + " (" + times.ago(since) + ")")
                + good(explanation, running);
    }

    private static String good(Explanation explanation, Running running) {
        if (explanation.next().action().equals(Next.READ)) {
            return ".";
        }
        return running.good() ? ", committed as good." : "; it has not been committed yet.";
    }

    private static String down(Down down) {
        String reason = down.reason();
        return reason == null
                ? down.service()
                        + " is stopped, because somebody wants it so; to start it: visor service"
                        + " start "
                        + down.service()
                : down.service()
                        + " does not run ("
                        + down.state()
                        + "): "
                        + reason
                        + "; more: visor service status "
                        + down.service();
    }

    private Optional<String> asked(Explanation explanation) {
        Asked asked = explanation.asked();
        if (asked == null) {
            return Optional.empty();
        }
        Running running = explanation.running();
        Instant seen = asked.seenAt();
        String refused =
                running != null && asked.belowMin()
                        ? " refuses " + running.version() + ": it accepts "
                        : " accepts ";
        return Optional.of(
                (asked.current() ? "The chain" : "As it was heard last, the chain")
                        + refused
                        + asked.min()
                        + " and above ("
                        + key(asked.role(), "min")
                        + ") and wants "
                        + asked.target()
                        + " ("
                        + key(asked.role(), "target")
                        + "); seen at height "
                        + asked.height()
                        + (seen == null ? "" : ", " + times.ago(seen))
                        + ", from "
                        + asked.endpoint()
                        + " ("
                        + asked.proof()
                        + ").");
    }

    private static String key(@Nullable String role, String which) {
        if (role == null) {
            return which;
        }
        return role.equals("both")
                ? "the higher of provider_" + which + " and consumer_" + which
                : role + "_" + which;
    }

    /// Says so if nobody tells what the chain wants.
    private void silence(Explanation explanation, Paragraphs text) {
        ChainStatus chain = explanation.chain();
        ChainStatus.Latest latest = chain.latest();
        Asked asked = explanation.asked();
        boolean isKnown = asked != null && asked.current();
        Instant started = explanation.visorStartedAt();
        if (started == null || !chain.isSilent() && (isKnown || latest != null)) {
            return;
        }
        text.add(0, unheard(started, latest));
        for (ChainStatus.Endpoint endpoint : chain.endpoints()) {
            text.add(2, endpoint(endpoint));
        }
        Running running = explanation.running();
        text.add(
                0,
                (running == null
                                ? "Nothing of " + explanation.program() + " runs meanwhile; visor"
                                : explanation.program()
                                        + " "
                                        + running.version()
                                        + " runs on meanwhile, and visor")
                        + " asks on. The endpoints are those of chain.endpoints, or --node.");
    }

    private String unheard(Instant started, ChainStatus.@Nullable Latest latest) {
        Instant heard = latest == null ? null : latest.observedAt();
        return latest == null || heard == null
                ? "The chain has not answered since visor started, "
                        + times.ago(started)
                        + ", so that what it wants now is not known:"
                : "The chain was heard last at "
                        + times.at(heard)
                        + ", "
                        + times.ago(heard)
                        + ", at height "
                        + latest.height()
                        + ". No endpoint answers since:";
    }

    private String endpoint(ChainStatus.Endpoint endpoint) {
        Instant since = endpoint.failingSince();
        String failure = endpoint.failure();
        if (failure == null) {
            return endpoint.address() + " has not answered yet";
        }
        // Most reasons begin with the endpoint that they are about.
        String about = failure.startsWith(endpoint.address()) ? "" : endpoint.address() + ": ";
        return about
                + failure
                + (since == null
                        ? ""
                        : ", since " + times.at(since) + " (" + times.ago(since) + ")");
    }

    /// The holds that what was said so far does not tell of.
    private void holds(Explanation explanation, Paragraphs text) {
        boolean isTold = explanation.obstacles().stream().anyMatch(o -> o.kind().equals("hold"));
        for (Held hold : explanation.holds()) {
            String target = explanation.asked() == null ? null : explanation.asked().target();
            boolean isOfTarget = hold.version() != null && hold.version().equals(target);
            boolean matters =
                    hold.version() == null || isOfTarget && !explanation.decision().equals("held");
            if (!isTold && matters && hold.by().equals("operator")) {
                text.add(0, held(explanation.program(), hold) + ".");
                text.add(0, "To lift that: visor upgrade resume " + explanation.program());
            }
        }
    }

    private String held(String program, Held hold) {
        return UpgradeSentences.hold(times, program, hold)
                + (hold.version() == null ? ": no upgrade of it begins" : "");
    }
}

package io.visor.daemon.http;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// A request on its way to its answer. All methods are for the instance's loop.
public final class Call {

    private final Request request;
    private final Map<String, String> parameters;
    private final Caller caller;
    private boolean over;
    private Runnable whenGone = () -> {};

    /// Who waits for the answer.
    interface Caller {

        /// Takes the answer.
        void answer(Answer answer);

        /// The answer takes up to this long.
        void park(Duration limit);
    }

    Call(Request request, Map<String, String> parameters, Caller caller) {
        this.request = request;
        this.parameters = parameters;
        this.caller = caller;
    }

    public Request request() {
        return request;
    }

    /// What stands for a segment in braces.
    public String parameter(String name) {
        return Optional.ofNullable(parameters.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no parameter " + name));
    }

    /// Answers; only the first answer counts.
    public void answer(Answer answer) {
        if (!over) {
            over = true;
            caller.answer(answer);
        }
    }

    /// The answer comes later.
    ///
    /// @param limit when it comes at the latest
    /// @param gone run if the caller does not wait for it any more
    public void park(Duration limit, Runnable gone) {
        whenGone = gone;
        caller.park(limit);
    }

    /// The caller does not wait any more.
    void gone() {
        if (!over) {
            over = true;
            whenGone.run();
        }
    }
}

package io.visor.daemon.control;

import io.visor.api.Transition;
import io.visor.api.TransitionStatus;
import io.visor.api.Wire;
import io.visor.json.Json;
import io.visor.service.LastOutput;
import io.visor.service.ServiceNotice;
import io.visor.service.Unmet;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The states of one service, each as it was reached last. They are put into words when somebody
/// asks: between the end of one process and the start of the next nothing is.
final class ServiceTransitions {

    private static final List<String> NAMES =
            Arrays.stream(State.values()).map(State::name).toList();

    private final Map<State, Reached> states = new EnumMap<>(State.class);

    /// The states, in the order of a life.
    enum State {
        WAITING,
        STARTED,
        NOT_STARTED,
        READY,
        NOT_READY,
        UNHEALTHY,
        UNFIT,
        STOPPING,
        KILLED,
        EXITED,
        RETRYING,
        FAILED,
        LEFT_ALONE,
        AT_REST
    }

    private record Reached(ServiceNotice notice, Instant at) {}

    /// Something has happened.
    void on(ServiceNotice notice, Instant at) {
        states.put(state(notice), new Reached(light(notice), at));
    }

    /// Without the output, which is large.
    private static ServiceNotice light(ServiceNotice notice) {
        return notice instanceof ServiceNotice.Ended ended
                ? new ServiceNotice.Ended(
                        ended.pid(), ended.status(), ended.ran(), ended.asked(), LastOutput.NONE)
                : notice;
    }

    private static State state(ServiceNotice notice) {
        return switch (notice) {
            case ServiceNotice.Waiting _ -> State.WAITING;
            case ServiceNotice.Started _ -> State.STARTED;
            case ServiceNotice.NotStarted _ -> State.NOT_STARTED;
            case ServiceNotice.Ready _ -> State.READY;
            case ServiceNotice.NotReady _ -> State.NOT_READY;
            case ServiceNotice.Unhealthy _ -> State.UNHEALTHY;
            case ServiceNotice.Asked _, ServiceNotice.UnitAsked _ -> State.STOPPING;
            case ServiceNotice.LeftAlone _ -> State.LEFT_ALONE;
            case ServiceNotice.Unfit _ -> State.UNFIT;
            case ServiceNotice.Killed _ -> State.KILLED;
            case ServiceNotice.Ended _ -> State.EXITED;
            case ServiceNotice.Retrying _ -> State.RETRYING;
            case ServiceNotice.GaveUp _ -> State.FAILED;
            case ServiceNotice.AtRest _ -> State.AT_REST;
        };
    }

    /// A copy for the wire, made of values only.
    TransitionStatus status() {
        return TransitionStatus.of(
                NAMES,
                name -> {
                    Reached reached = states.get(State.valueOf(name));
                    return reached == null ? null : transition(name, reached.notice, reached.at);
                });
    }

    private static Transition transition(String state, ServiceNotice notice, Instant at) {
        return switch (notice) {
            case ServiceNotice.Waiting(List<Unmet> unmet) ->
                    Unmet.isHopeless(unmet)
                            ? Transition.failed(state, Unmet.sentence(unmet), null, at)
                            : Transition.reached(
                                    state, Json.object("why", Unmet.sentence(unmet)), at);
            case ServiceNotice.Started started ->
                    Transition.reached(
                            state,
                            Json.object(
                                    "pid", started.pid(), "downMs", Wire.millis(started.down())),
                            at);
            case ServiceNotice.NotStarted(String why) -> Transition.failed(state, why, null, at);
            case ServiceNotice.Ready ready -> Transition.reached(state, pid(ready.pid()), at);
            case ServiceNotice.NotReady(long pid, String why) ->
                    Transition.failed(state, why, pid(pid), at);
            case ServiceNotice.Unhealthy(long pid, String why) ->
                    Transition.failed(state, why, pid(pid), at);
            case ServiceNotice.Asked asked ->
                    Transition.reached(
                            state,
                            Json.object("pid", asked.pid(), "how", asked.step().toString()),
                            at);
            case ServiceNotice.UnitAsked(long pid) -> Transition.reached(state, pid(pid), at);
            case ServiceNotice.LeftAlone(String why) ->
                    Transition.reached(state, Json.object("why", why), at);
            case ServiceNotice.Unfit(String why) -> Transition.failed(state, why, null, at);
            case ServiceNotice.Killed killed ->
                    Transition.failed(state, "it did not end when asked to", pid(killed.pid()), at);
            case ServiceNotice.Ended ended -> exited(state, ended, at);
            case ServiceNotice.Retrying retrying ->
                    Transition.reached(
                            state,
                            Json.object(
                                    "attempt",
                                    retrying.attempt(),
                                    "delayMs",
                                    Wire.millis(retrying.delay())),
                            at);
            case ServiceNotice.GaveUp gaveUp -> Transition.failed(state, gaveUp.why(), null, at);
            case ServiceNotice.AtRest _ -> Transition.reached(state, null, at);
        };
    }

    private static Json.Obj pid(long pid) {
        return Json.object("pid", pid);
    }

    private static Transition exited(String state, ServiceNotice.Ended ended, Instant at) {
        Json.Obj extra =
                Json.object(
                        "pid",
                        ended.pid(),
                        "code",
                        ended.status().shellCode(),
                        "asked",
                        ended.asked(),
                        "ranMs",
                        Wire.millis(ended.ran()));
        return ended.asked() || ended.status().shellCode() == 0
                ? Transition.reached(state, extra, at)
                : Transition.failed(state, "exited: " + ended.status(), extra, at);
    }
}

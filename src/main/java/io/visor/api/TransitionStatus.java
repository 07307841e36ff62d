package io.visor.api;

import io.visor.json.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The states of an upgrade or a service, each as it was reached last, in the form of the
/// snapshotter's `transitionStatus`: all states in their order, with `null` for one that was not
/// reached.
///
/// @param states by name, in order; nothing for one that was not reached
public record TransitionStatus(Map<String, Optional<Transition>> states) {

    /// No states are known.
    public static final TransitionStatus NONE = new TransitionStatus(Map.of());

    public TransitionStatus {
        states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
    }

    /// Puts states together.
    ///
    /// @param names all states, in order
    /// @param of gives each one; null if it was not reached
    public static TransitionStatus of(
            List<String> names, Function<String, @Nullable Transition> of) {
        Map<String, Optional<Transition>> states = new LinkedHashMap<>();
        names.forEach(name -> states.put(name, Optional.ofNullable(of.apply(name))));
        return new TransitionStatus(states);
    }

    /// One state; nothing if it was not reached.
    public Optional<Transition> at(String state) {
        return states.getOrDefault(state, Optional.empty());
    }

    /// The record on the wire.
    public Json json() {
        Map<String, Json> members = new LinkedHashMap<>();
        states.forEach((name, state) ->
                members.put(name, state.map(Transition::update).orElse(new Json.Null())));
        return new Json.Obj(members);
    }

    /// Reads the record; none is one without states.
    ///
    /// @throws io.visor.json.JsonException if it is something else
    public static TransitionStatus read(Json json, String key) {
        Map<String, Optional<Transition>> states = new LinkedHashMap<>();
        if (json.at(key).orElse(null) instanceof Json.Obj(Map<String, Json> members)) {
            members.forEach((name, state) ->
                    states.put(
                            name,
                            state instanceof Json.Null
                                    ? Optional.empty()
                                    : Optional.of(Transition.ofUpdate(name, state))));
        }
        return new TransitionStatus(states);
    }
}

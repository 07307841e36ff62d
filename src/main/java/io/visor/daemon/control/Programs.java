package io.visor.daemon.control;

import io.visor.api.Refusal;
import io.visor.daemon.http.Answer;
import io.visor.daemon.http.Call;
import io.visor.model.ProgramName;
import io.visor.model.Typos;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Finds the program that a call is about.
final class Programs {

    /// How many known names a refusal lists.
    private static final int MAX_NAMES = 10;

    private final ControlledInstance instance;

    Programs(ControlledInstance instance) {
        this.instance = instance;
    }

    /// The program of a call's `{name}`.
    ///
    /// @return nothing if there is none; then the call has been answered
    Optional<ProgramName> find(Call call) {
        return find(call, call.parameter("name"));
    }

    /// The program of a name.
    ///
    /// @return nothing if there is none; then the call has been answered
    Optional<ProgramName> find(Call call, String name) {
        Optional<ProgramName> found =
                instance.about().programs().stream()
                        .filter(program -> program.text().equals(name))
                        .findFirst();
        if (found.isEmpty()) {
            call.answer(Answer.refused(404, unknown(name)));
        }
        return found;
    }

    private Refusal unknown(String name) {
        List<String> known =
                instance.about().programs().stream().map(ProgramName::text).sorted().toList();
        String shown = name.length() > 100 ? name.substring(0, 100) + "…" : name;
        return new Refusal(
                "unknown-program",
                "\"" + shown + "\" is no program here",
                Typos.nearest(shown, known)
                                .map(nearest -> "did you mean \"" + nearest + "\"? ")
                                .orElse("")
                        + "known: "
                        + known.stream().limit(MAX_NAMES).collect(Collectors.joining(", "))
                        + (known.size() > MAX_NAMES ? ", …" : ""));
    }
}

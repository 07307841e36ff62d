package io.visor.daemon.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One thing that can be asked for.
///
/// @param method in capitals
/// @param template the path; a segment in braces stands for any: `/api/v1/services/{name}`
/// @param access who may ask
/// @param handler who answers
public record Route(String method, String template, Access access, Handler handler) {

    /// What stands for the segments in braces, by their names; nothing if the path is another one.
    Optional<Map<String, String>> match(List<String> segments) {
        List<String> parts = List.of(template.substring(1).split("/", -1));
        if (parts.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (part.startsWith("{")) {
                parameters.put(part.substring(1, part.length() - 1), segments.get(i));
            } else if (!part.equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }
}

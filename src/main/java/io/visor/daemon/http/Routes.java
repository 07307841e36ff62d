package io.visor.daemon.http;

import io.visor.api.HttpException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that can be asked for.
///
/// @param all in no particular order; no two match the same request
public record Routes(List<Route> all) {

    public Routes {
        all = List.copyOf(all);
    }

    /// The route of a request.
    ///
    /// @param route which
    /// @param parameters what stands for the segments in braces, by their names
    public record Match(Route route, Map<String, String> parameters) {}

    /// Finds the route of a request.
    ///
    /// @throws HttpException if there is none
    public Match find(Request request) {
        List<String> methods = new ArrayList<>();
        for (Route route : all) {
            Optional<Map<String, String>> parameters = route.match(request.segments());
            if (parameters.isPresent()) {
                if (route.method().equals(request.method())) {
                    return new Match(route, parameters.get());
                }
                methods.add(route.method());
            }
        }
        if (methods.isEmpty()) {
            throw new HttpException(404, "no such path; see /api/v1/status");
        }
        throw new HttpException(
                405, request.method() + ", where there is " + String.join(", ", methods));
    }
}

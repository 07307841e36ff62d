package io.visor.config;

import io.visor.json.Json;
import io.visor.model.CommandLine;
import io.visor.model.Durations;
import io.visor.model.HealthSpec;
import io.visor.model.HealthSpec.Check;
import io.visor.model.HealthSpec.Exec;
import io.visor.model.HealthSpec.Grpc;
import io.visor.model.HealthSpec.Http;
import io.visor.model.HealthSpec.Log;
import io.visor.model.HealthSpec.Purpose;
import io.visor.model.HealthSpec.Tcp;
import io.visor.model.Secrets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Shows how it is found out whether a service works, in the form with purposes.
final class HealthWriter {

    private HealthWriter() {}

    /// The value of `health:`; null if nothing is checked.
    static @Nullable Json write(HealthSpec health) {
        Map<String, Json> checks = new LinkedHashMap<>();
        for (Purpose purpose : Purpose.values()) {
            Check check = health.check(purpose);
            if (check != null) {
                checks.put(purpose.word(), check(purpose, check));
            }
        }
        return checks.isEmpty() ? null : new Json.Obj(checks);
    }

    private static Json check(Purpose purpose, Check check) {
        boolean isLog = check.probe() instanceof Log;
        return Json.object(
                HealthReader.key(check.probe()),
                switch (check.probe()) {
                    case Http http -> http(http);
                    case Tcp tcp -> new Json.Str(tcp.address());
                    case Grpc grpc -> grpc(grpc);
                    case Exec(var command) ->
                            new Json.Str(
                                    CommandLine.join(
                                            command.stream()
                                                    .map(Secrets::hideUserInfoWithin)
                                                    .toList()));
                    case Log(var pattern) -> new Json.Str(pattern.toString());
                },
                "every",
                Durations.exact(check.every()),
                "timeout",
                isLog ? null : Durations.exact(check.timeout()),
                "failures",
                check.failures(),
                "successes",
                HealthReader.countsSuccesses(purpose, check.probe()) ? check.successes() : null,
                "start-period",
                Durations.exact(check.startPeriod()));
    }

    private static Json http(Http http) {
        String url = Secrets.hideUserInfo(http.url().toString());
        return http.status() == null && http.body() == null
                ? new Json.Str(url)
                : Json.object(
                        "url",
                        url,
                        "status",
                        http.status(),
                        "body",
                        http.body() == null ? null : http.body().toString());
    }

    private static Json grpc(Grpc grpc) {
        return !grpc.tls() && grpc.service().isEmpty()
                ? new Json.Str(grpc.address())
                : Json.object(
                        "address",
                        grpc.address(),
                        "service",
                        grpc.service().isEmpty() ? null : grpc.service(),
                        "tls",
                        grpc.tls());
    }
}

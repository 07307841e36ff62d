package io.visor.daemon.http;

/// Answers the calls of a route, on the instance's loop. It must not block; what takes its time
/// calls [Call#park] and answers later.
@FunctionalInterface
public interface Handler {

    /// Takes a call.
    ///
    /// @throws io.visor.api.HttpException if the request is no good
    void handle(Call call);
}

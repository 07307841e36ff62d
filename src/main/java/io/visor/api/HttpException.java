package io.visor.api;

import io.visor.model.VisorException;

/// A message that is no HTTP, or more than is borne.
public final class HttpException extends VisorException {

    private static final long serialVersionUID = 1;

    private final int status;

    /// Makes one.
    ///
    /// @param status what a server answers to such a request
    public HttpException(int status, String why) {
        super(why);
        this.status = status;
    }

    /// What a server answers to such a request.
    public int status() {
        return status;
    }
}

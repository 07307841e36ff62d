package io.visor.daemon.http;

/// What a caller must be allowed to do. Whoever can connect to the socket may do everything; a
/// listener whose callers are strangers has to look.
public enum Access {
    /// Look.
    READ,
    /// Change what runs.
    CONTROL
}

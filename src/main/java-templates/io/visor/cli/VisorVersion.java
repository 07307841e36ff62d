package io.visor.cli;

/// The version of this visor, filled in when it is built.
final class VisorVersion {

    static final String TEXT = "${project.version}";

    /// What visor calls itself to other machines.
    static final String USER_AGENT = "visor/" + TEXT;

    private VisorVersion() {}
}

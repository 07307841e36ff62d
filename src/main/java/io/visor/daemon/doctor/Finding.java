package io.visor.daemon.doctor;

/// What a check has found.
public sealed interface Finding {

    /// What it is about: a part of the host, or a unit.
    String subject();

    /// What was found, in words.
    String text();

    /// It is as it should be.
    record Fine(String subject, String text) implements Finding {}

    /// It works, and an operator may want to know.
    ///
    /// @param next what can be done about it; empty if nothing need be
    record Note(String subject, String text, String next) implements Finding {}

    /// It does not work, or will not.
    ///
    /// @param next what to do
    record Wrong(String subject, String text, String next) implements Finding {}
}

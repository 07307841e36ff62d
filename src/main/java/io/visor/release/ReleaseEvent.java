package io.visor.release;

import io.visor.model.ProgramName;
import io.visor.model.Version;
import java.time.Duration;
import java.util.OptionalLong;

/// What the staging of a release has to tell.
public sealed interface ReleaseEvent {

    /// The program.
    ProgramName program();

    /// The version.
    Version version();

    /// It is not here and is being fetched.
    ///
    /// @param program which
    /// @param version which
    /// @param from where it comes from
    record Fetching(ProgramName program, Version version, String from) implements ReleaseEvent {}

    /// More of it has come.
    ///
    /// @param program which
    /// @param version which
    /// @param bytes how many have come
    /// @param total how many there are, if it is known
    record Progress(ProgramName program, Version version, long bytes, OptionalLong total)
            implements ReleaseEvent {}

    /// Another instance fetches it, or looks at it, and is waited for.
    ///
    /// @param program which
    /// @param version which
    record Awaiting(ProgramName program, Version version) implements ReleaseEvent {}

    /// It has come, was verified, and is in its place.
    ///
    /// @param program which
    /// @param manifest what is known of it
    /// @param took from the first request until it was in its place
    record Fetched(ProgramName program, Manifest manifest, Duration took) implements ReleaseEvent {
        @Override
        public Version version() {
            return manifest.version();
        }
    }

    /// It was found in its place without a manifest, and taken over.
    ///
    /// @param program which
    /// @param manifest what is known of it
    record Adopted(ProgramName program, Manifest manifest) implements ReleaseEvent {
        @Override
        public Version version() {
            return manifest.version();
        }
    }

    /// What was in its place may not be used, and was moved away so that it can be fetched.
    ///
    /// @param program which
    /// @param version which
    /// @param to where it is now
    /// @param why in words
    record SetAside(ProgramName program, Version version, String to, String why)
            implements ReleaseEvent {}
}

package io.visor.daemon.units;

import io.visor.config.ServiceEntry;
import io.visor.systemd.unit.UnitKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// All that a unit needs, found out before anything is written.
///
/// @param kind what the unit is for
/// @param unit its name, with `.service`
/// @param text its file
/// @param file where that goes
/// @param user as whom it runs; nothing: the user whose systemd keeps it
/// @param workingDirectory where it runs
/// @param config the copy of a consumer's or provider's configuration
/// @param entry what is added to config.yml
/// @param link the link in the unit directory
/// @param polkit the rule that goes with a visor that is not root
/// @param notes what the operator must know besides
record UnitPlan(
        UnitKind kind,
        String unit,
        String text,
        Path file,
        Optional<String> user,
        Path workingDirectory,
        Optional<Copy> config,
        Optional<ServiceEntry> entry,
        Optional<Link> link,
        Optional<Copy> polkit,
        List<String> notes) {

    /// A file to be written.
    ///
    /// @param from what it is a copy of; itself if it is of nothing
    record Copy(Path file, String text, Path from) {}

    /// A link to be made.
    ///
    /// @param movesAside whether a regular file stands there that must give way
    record Link(Path file, boolean movesAside) {}

    UnitPlan {
        notes = List.copyOf(notes);
    }
}

package io.visor.daemon.units;

import java.nio.file.Path;
import java.util.Optional;

/// Where a unit goes, and as whom and where it runs.
///
/// @param link whether it is linked into the unit directory
/// @param force whether what is not visor's is replaced there
/// @param ofUser whether it is for the systemd of the user, not for that of the machine
/// @param runAs the user; nothing: as before, or whoever calls
/// @param unitDirectory where it is linked; nothing: systemd's directory
/// @param workingDirectory where it runs; nothing: as before, or a directory of its own
public record UnitPlacement(
        boolean link,
        boolean force,
        boolean ofUser,
        Optional<String> runAs,
        Optional<Path> unitDirectory,
        Optional<Path> workingDirectory) {}

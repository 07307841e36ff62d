package io.visor.service;

import io.visor.model.ProgramName;
import java.nio.file.Path;

/// Knows the binaries that services of programs run.
public interface ActiveBinaries {

    /// The active binary of a program, after it was checked.
    ///
    /// @return an absolute path to the binary itself, not to a link
    /// @throws io.visor.model.VisorException if there is none, or it is not what was verified
    Path of(ProgramName program);

    /// The directory of the links to the active binaries; it stands first on the PATH of every
    /// child.
    Path linkDirectory();
}

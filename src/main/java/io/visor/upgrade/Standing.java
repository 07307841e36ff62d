package io.visor.upgrade;

import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.release.VersionStore;
import io.visor.upgrade.admission.Admission;
import io.visor.upgrade.record.Memory;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// All that is known of a program's upgrades at one moment, for those who explain them.
///
/// @param spec the program and its policy
/// @param program where it stands
/// @param memory what is on hold and approved
/// @param since since when the active version has been so; null if it is not known
/// @param remembers whether all is known that was kept; until then no upgrade begins
/// @param foreseen what is known when it is judged what stands in the way of the upgrade that has
///   not stopped anything yet, of the disk that nothing is used; null if there is no such upgrade
/// @param turn which program is between stop and trust, so that others wait; null: none
/// @param store its versions that are here; may be asked on any thread
public record Standing(
        ProgramSpec spec,
        Program program,
        Memory memory,
        @Nullable Instant since,
        boolean remembers,
        Admission.@Nullable Case foreseen,
        @Nullable ProgramName turn,
        VersionStore store) {}

/// A simulated disk: code that uses `java.nio.file` runs on it unchanged by being handed its paths.
///
/// [SimDisk] is the machine's disk, and what a simulation drives: faults, room, power cuts. A
/// [SimFileSystem] is that disk as one process sees it, until the process dies. What a power cut
/// leaves is described in `io.visor.sim.disk.medium`.
@NullMarked
package io.visor.sim.disk;

import org.jspecify.annotations.NullMarked;

/// What survives a power cut on the simulated disk, and what `io.visor.store` and
/// `io.visor.release` make of it.
@NullMarked
package io.visor.sim.disk.crash;

import org.jspecify.annotations.NullMarked;

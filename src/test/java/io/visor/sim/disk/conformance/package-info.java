/// The simulated disk against the real one.
@NullMarked
package io.visor.sim.disk.conformance;

import org.jspecify.annotations.NullMarked;

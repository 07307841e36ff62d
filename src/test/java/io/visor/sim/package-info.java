/// Simulated time and threads: a whole instance on one thread at a time, in an order that a seed
/// decides.
@NullMarked
package io.visor.sim;

import org.jspecify.annotations.NullMarked;

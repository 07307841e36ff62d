/// A simulated world: a machine with a disk and processes, a chain with its nodes, a release host,
/// an operator, and visors that come and go. Everything follows from a seed, what goes wrong
/// included; rules that must always hold are checked after every step.
@NullMarked
package io.visor.sim.world;

import org.jspecify.annotations.NullMarked;

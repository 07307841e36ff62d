/// What happens when something happens in the middle of an upgrade: each cell of the table in
/// `docs/decisions.md`, in a simulated world.
@NullMarked
package io.visor.sim.cells;

import org.jspecify.annotations.NullMarked;

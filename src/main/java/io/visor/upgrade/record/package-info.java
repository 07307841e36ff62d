/// What is kept of upgrades: where each stands, what is on hold, and the history.
@NullMarked
package io.visor.upgrade.record;

import org.jspecify.annotations.NullMarked;

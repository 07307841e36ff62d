/// Services for systemd: what a new one needs in the home, and how that comes there as a whole or
/// not at all.
@NullMarked
package io.visor.daemon.units;

import org.jspecify.annotations.NullMarked;

/// Visor and its units under a real systemd.
@NullMarked
package io.visor.it.systemd;

import org.jspecify.annotations.NullMarked;

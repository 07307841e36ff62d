/// Tells why a program is at its version, what comes next and what has happened, whether a visor
/// runs or not.
@NullMarked
package io.visor.daemon.explain;

import org.jspecify.annotations.NullMarked;

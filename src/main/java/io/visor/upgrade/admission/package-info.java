/// Whether an upgrade may go on now, and what stands in its way.
@NullMarked
package io.visor.upgrade.admission;

import org.jspecify.annotations.NullMarked;

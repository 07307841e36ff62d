/// Copies of an operator's data from before an upgrade, and the way back to them.
@NullMarked
package io.visor.upgrade.backup;

import org.jspecify.annotations.NullMarked;

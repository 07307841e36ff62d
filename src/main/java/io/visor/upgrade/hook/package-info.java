/// The operator's commands that take part in upgrades.
@NullMarked
package io.visor.upgrade.hook;

import org.jspecify.annotations.NullMarked;

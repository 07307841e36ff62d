/// Upgrades of a real visor that is killed again and again.
@NullMarked
package io.visor.it.storm;

import org.jspecify.annotations.NullMarked;

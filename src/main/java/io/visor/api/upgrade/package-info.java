/// The part of the control API that is about upgrades: why, when, and what came of them.
@NullMarked
package io.visor.api.upgrade;

import org.jspecify.annotations.NullMarked;

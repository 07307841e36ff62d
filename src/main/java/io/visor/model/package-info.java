/// Values that every part speaks of: versions, names, requirements, policies, the home's layout. No
/// effects, no threads.
@NullMarked
package io.visor.model;

import org.jspecify.annotations.NullMarked;

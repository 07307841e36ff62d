/// JSON text as values, read with bounds. The home of Jackson.
@NullMarked
package io.visor.json;

import org.jspecify.annotations.NullMarked;

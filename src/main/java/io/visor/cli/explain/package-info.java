/// Puts why, when and what next into words.
@NullMarked
package io.visor.cli.explain;

import org.jspecify.annotations.NullMarked;

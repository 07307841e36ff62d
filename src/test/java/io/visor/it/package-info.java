/// Tests of the distribution in target/visor, as an operator runs it.
@NullMarked
package io.visor.it;

import org.jspecify.annotations.NullMarked;

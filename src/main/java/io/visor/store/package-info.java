/// What is kept on disk and survives a power cut.
@NullMarked
package io.visor.store;

import org.jspecify.annotations.NullMarked;

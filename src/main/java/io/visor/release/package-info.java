/// Releases: where they are published, how they are fetched and proven, where they are kept, and
/// which one is active.
@NullMarked
package io.visor.release;

import org.jspecify.annotations.NullMarked;

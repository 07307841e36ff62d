/// System calls through `java.lang.foreign`, signals and file locks: what the JDK does not offer.
/// The only place for native access.
@NullMarked
package io.visor.os;

import org.jspecify.annotations.NullMarked;

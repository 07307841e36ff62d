/// An embedded network to try visor on and to test it with: a chain that answers as a Lava node
/// does, and a release host that answers as GitHub does, with faults on demand.
@NullMarked
package io.visor.devnet;

import org.jspecify.annotations.NullMarked;

/// The program that the devnet's releases hold. It stands alone: it uses nothing of visor's.
@NullMarked
package io.visor.devnet.lavap;

import org.jspecify.annotations.NullMarked;

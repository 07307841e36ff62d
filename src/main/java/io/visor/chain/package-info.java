/// What a chain asks for: version authorities, the nodes that are asked, and which answers count.
@NullMarked
package io.visor.chain;

import org.jspecify.annotations.NullMarked;

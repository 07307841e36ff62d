/// Health: whether a process that runs works. A machine decides, a monitor for each process asks.
@NullMarked
package io.visor.service.health;

import org.jspecify.annotations.NullMarked;

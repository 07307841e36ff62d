/// Time and threads: the clock, timers, loops and tasks. Nobody else in visor makes a thread, reads
/// the time or sleeps, so that a whole instance can run on one thread in simulated time.
@NullMarked
package io.visor.time;

import org.jspecify.annotations.NullMarked;

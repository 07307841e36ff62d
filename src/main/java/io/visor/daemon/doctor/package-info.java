/// What is wrong on a host, found before it does harm, each with the next step.
@NullMarked
package io.visor.daemon.doctor;

import org.jspecify.annotations.NullMarked;

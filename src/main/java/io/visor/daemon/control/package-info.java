/// What an instance answers to those who ask, and does for them.
@NullMarked
package io.visor.daemon.control;

import org.jspecify.annotations.NullMarked;

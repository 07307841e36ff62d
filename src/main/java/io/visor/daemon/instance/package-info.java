/// The life of an instance: what begins when, how it is reloaded, and how it ends; whatever it runs
/// on.
@NullMarked
package io.visor.daemon.instance;

import org.jspecify.annotations.NullMarked;

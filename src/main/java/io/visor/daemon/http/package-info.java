/// A small HTTP/1.1 server for the control API: one thread, bounded memory and time, no library.
/// What it listens on is given to it; what it answers is one table of routes.
@NullMarked
package io.visor.daemon.http;

import org.jspecify.annotations.NullMarked;

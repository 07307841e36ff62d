/// A running visor: the parts put together, its life from start to end, its log, probes and
/// metrics. The home of the HTTP server, the metrics library and the logging library.
@NullMarked
package io.visor.daemon;

import org.jspecify.annotations.NullMarked;

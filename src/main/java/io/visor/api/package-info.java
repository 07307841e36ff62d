/// The control API: what goes over the wire, and a client that speaks it over an instance's socket.
///
/// The wire is JSON over HTTP/1.1. Times are RFC 3339 in UTC, to the millisecond; durations are
/// numbers of milliseconds with up to three decimals, in fields whose names end in `Ms`; what is
/// not known is left out; listings are `{items, total, page, size, pages}`. Readers ignore fields
/// that they do not know.
@NullMarked
package io.visor.api;

import org.jspecify.annotations.NullMarked;

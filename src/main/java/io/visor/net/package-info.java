/// Clients of HTTP, WebSocket and gRPC with time limits, proxies and bounded answers. The home of
/// okhttp and gRPC.
@NullMarked
package io.visor.net;

import org.jspecify.annotations.NullMarked;

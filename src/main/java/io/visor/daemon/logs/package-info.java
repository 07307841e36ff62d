/// What `visor logs` prints of the logs of services.
@NullMarked
package io.visor.daemon.logs;

import org.jspecify.annotations.NullMarked;

/// systemd: units that are looked after, and visor as a service of systemd's itself.
@NullMarked
package io.visor.systemd;

import org.jspecify.annotations.NullMarked;

/// Unit files: what visor writes for the services that systemd keeps, and how such files are read.
/// Nothing here touches a disk but to read templates; what is rendered follows from what is given.
@NullMarked
package io.visor.systemd.unit;

import org.jspecify.annotations.NullMarked;

/// Upgrades: what is decided from a requirement, and the way of a program from one version to
/// another and back.
@NullMarked
package io.visor.upgrade;

import org.jspecify.annotations.NullMarked;

/// Services: managed processes that are kept as the operator wants them, `up` or `down`.
@NullMarked
package io.visor.service;

import org.jspecify.annotations.NullMarked;

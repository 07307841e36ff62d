/// Every message of docs/errors.md, brought about.
@NullMarked
package io.visor.it.errors;

import org.jspecify.annotations.NullMarked;

/// The configuration file: read into values of the model, with every problem at once. The home of
/// SnakeYAML.
@NullMarked
package io.visor.config;

import org.jspecify.annotations.NullMarked;

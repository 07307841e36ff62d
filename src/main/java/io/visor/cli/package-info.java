/// The command line: commands, options, what is printed, exit codes. The home of picocli.
@NullMarked
package io.visor.cli;

import org.jspecify.annotations.NullMarked;

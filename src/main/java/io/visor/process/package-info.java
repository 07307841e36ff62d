/// One child process: started, signalled, awaited; and short commands with a time limit. The home
/// of zt-exec.
@NullMarked
package io.visor.process;

import org.jspecify.annotations.NullMarked;

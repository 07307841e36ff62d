package io.visor.daemon;

import io.visor.model.CannotException;
import io.visor.model.FileFailures;
import io.visor.model.Home;
import java.io.IOException;

/// Says that a home cannot be used, and what to do about it.
final class HomeFailures {

    private HomeFailures() {}

    /// The home cannot be written.
    static CannotException unwritable(String what, Home home, IOException e) {
        String why = FileFailures.why(home.root(), e);
        return FileFailures.isFull(e)
                ? CannotException.now(
                        what, why + "; make room, or name another directory with --directory", e)
                : unwritable(what, why);
    }

    /// The home cannot be used until something on the machine is changed.
    static CannotException unwritable(String what, String why) {
        return CannotException.untilChanged(
                what, why + "; name another directory with --directory");
    }
}

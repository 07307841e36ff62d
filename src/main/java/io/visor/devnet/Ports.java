package io.visor.devnet;

import io.visor.model.CannotException;
import java.util.Locale;

/// The ports that a devnet listens on.
final class Ports {

    /// What the JDK says of a port that another process listens on.
    private static final String IN_USE = "Address already in use";

    private Ports() {}

    /// A port cannot be listened on.
    static CannotException refused(int port, Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage());
        if (message.contains(IN_USE)) {
            return CannotException.now(
                    "run the devnet",
                    "port " + port + " is in use; name another one, or 0 for any",
                    failure);
        }
        return CannotException.untilChanged(
                "run the devnet",
                "port "
                        + port
                        + " cannot be listened on: "
                        + message.toLowerCase(Locale.ROOT)
                        + "; name another one, or 0 for any");
    }
}

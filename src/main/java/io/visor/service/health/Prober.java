package io.visor.service.health;

import io.visor.model.VisorException;
import java.time.Duration;

/// Asks one question, again and again. Used by one thread at a time.
interface Prober {

    /// Asks; may block.
    ///
    /// @param limit how long it may take
    /// @return what came of it
    /// @throws VisorException if nothing did, with the reason
    /// @throws InterruptedException if the answer is not wanted any more
    Answer ask(Duration limit) throws InterruptedException;
}

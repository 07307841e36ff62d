package io.visor.store;

import java.util.Optional;

/// Is told what becomes of a database, and takes a fault for what it is.
public class SilentListener implements Recorder.Listener {

    @Override
    public void onFailing(DatabaseException why) {
        // The test looks at outcomes.
    }

    @Override
    public void onRecovered() {
        // The test looks at outcomes.
    }

    @Override
    public void onRebuilt(DatabaseException why, Optional<String> to) {
        // The test looks at outcomes.
    }

    @Override
    public void onFault(DatabaseException why) {
        throw new AssertionError("a change was refused", why);
    }
}

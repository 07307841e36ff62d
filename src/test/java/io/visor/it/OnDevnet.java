package io.visor.it;

import io.visor.it.Visor.Place;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What a test of visor and a chain begins with: a directory, a devnet, and a place to start
/// commands in. A class that extends it has its tests to write and nothing else.
abstract class OnDevnet {

    @TempDir Path directory;
    Network network;
    Place place;

    @BeforeEach
    final void openNetwork() throws IOException {
        network = new Network(directory);
        place = Place.in(directory);
    }

    @AfterEach
    final void closeNetwork() {
        network.close();
    }

    /// The command line of a command that follows the devnet, over RPC.
    final String[] onDevnet(Path home, String... words) {
        return network.flags(home, network.devnet.rpcUrl(), words);
    }

    /// Starts a command that follows the devnet.
    final Visor start(Path home, String... words) {
        return place.start(onDevnet(home, words));
    }

    /// Wraps the devnet's program.
    final Visor wrap(Path home, String... more) {
        return place.start(network.wrap(home, network.devnet.rpcUrl(), more));
    }
}

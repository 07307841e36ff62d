package io.visor.sim.cells;

import io.visor.sim.world.Scene.Moment;
import java.util.List;

/// How far an upgrade is: the columns of the table.
enum Phase {
    BEFORE_THE_STOP("staging, waiting", Moment.STAGING, Moment.DELAYED, Moment.PREPARING),
    BETWEEN_VERSIONS("stopping, switching", Moment.STOPPING, Moment.SWITCHING),
    AFTER_THE_SWITCH(
            "watching, rolling back",
            Moment.WATCHED,
            Moment.BACK_STOPPING,
            Moment.BACK_SWITCHING,
            Moment.BACK_WATCHED);

    private final String words;
    private final List<Moment> moments;

    Phase(String words, Moment... moments) {
        this.words = words;
        this.moments = List.of(moments);
    }

    List<Moment> moments() {
        return moments;
    }

    @Override
    public String toString() {
        return words;
    }
}

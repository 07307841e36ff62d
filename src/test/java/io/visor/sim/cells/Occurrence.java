package io.visor.sim.cells;

/// What can happen in the middle of an upgrade: the rows of the table.
enum Occurrence {
    EXIT("a process of the program exits"),
    NEWER_TARGET("the network wants a newer target"),
    WITHDRAWN("the network withdraws the target"),
    HOLD("`visor upgrade hold`"),
    RELOAD("reload (`SIGHUP`)"),
    SHUTDOWN("visor is asked to end"),
    KILL("`kill -9` of visor, a power cut"),
    NO_ROOM("no room for records");

    private final String words;

    Occurrence(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}

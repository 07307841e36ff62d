package io.visor.model;

/// The name of a program: 1 to 100 characters of `A-Z a-z 0-9 . _ @ : -`, the first one a letter or
/// a digit, so that it can stand in a path, a unit's name and an environment variable.
///
/// @param text the name as it is written
public record ProgramName(String text) implements Comparable<ProgramName> {

    public ProgramName {
        Names.check("a program", text);
    }

    @Override
    public int compareTo(ProgramName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}

package io.visor.model;

/// The name of an instance: 1 to 100 characters of `A-Z a-z 0-9 . _ @ : -`, the first one a letter
/// or a digit, so that it can stand in a path, a unit's name and an environment variable.
///
/// @param text the name as it is written
public record InstanceName(String text) implements Comparable<InstanceName> {

    public InstanceName {
        Names.check("an instance", text);
    }

    @Override
    public int compareTo(InstanceName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}

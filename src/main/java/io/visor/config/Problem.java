package io.visor.config;

/// Something wrong in a configuration file.
///
/// @param line where, from 1
/// @param key the key, from the file's root on; empty if none is to blame
/// @param text what was found and what is allowed
public record Problem(int line, String key, String text) implements Comparable<Problem> {

    @Override
    public int compareTo(Problem other) {
        return Integer.compare(line, other.line);
    }

    @Override
    public String toString() {
        return String.format("line %-3d %s%s", line, key.isEmpty() ? "" : key + ": ", text);
    }
}

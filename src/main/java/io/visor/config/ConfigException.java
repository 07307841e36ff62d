package io.visor.config;

import io.visor.model.VisorException;
import java.nio.file.Path;
import java.util.List;

/// A configuration file cannot be used.
public final class ConfigException extends VisorException {

    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final transient List<Problem> problems;

    ConfigException(Path file, List<Problem> problems) {
        super(problems.size() == 1 ? "1 problem" : problems.size() + " problems");
        this.file = file;
        this.problems = problems.stream().sorted().toList();
    }

    ConfigException(Path file, String why) {
        super(why);
        this.file = file;
        this.problems = List.of();
    }

    public Path file() {
        return file;
    }

    /// All of them, by line; none if the file could not be read at all.
    public List<Problem> problems() {
        return problems;
    }
}

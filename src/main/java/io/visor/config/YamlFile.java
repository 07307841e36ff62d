package io.visor.config;

import io.visor.model.FileFailures;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/// A file of YAML, as it is written and as nodes that know their lines.
///
/// @param file where it stands
/// @param text all of it
/// @param root its one document; nothing if there is no more than comments
record YamlFile(Path file, String text, Optional<Node> root) {

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 20;

    /// Reads a file.
    ///
    /// @return nothing if it is not there
    /// @throws ConfigException if it cannot be read, or is no YAML
    static Optional<YamlFile> read(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                // Reading a pipe would wait for somebody to write it.
                throw new ConfigException(
                        file, attributes.isDirectory() ? "it is a directory" : "it is no file");
            }
            if (attributes.size() > MAX_BYTES) {
                throw new ConfigException(file, "it is larger than 1 MB");
            }
            return Optional.of(parse(file, Files.readString(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw new ConfigException(file, "it is not UTF-8");
        } catch (FileSystemException e) {
            throw new ConfigException(file, FileFailures.reason(e));
        } catch (IOException e) {
            throw new ConfigException(file, String.valueOf(e.getMessage()));
        }
    }

    /// Takes a text for the content of a file.
    ///
    /// @throws ConfigException if it is no YAML
    static YamlFile parse(Path file, String text) {
        try {
            LoaderOptions options = new LoaderOptions();
            options.setCodePointLimit(MAX_BYTES);
            options.setNestingDepthLimit(MAX_DEPTH);
            return new YamlFile(
                    file,
                    text,
                    Optional.ofNullable(new Yaml(options).compose(new StringReader(text))));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw noYaml(file, line, sentence(e));
        } catch (ReaderException e) {
            String why = String.format("the character U+%04X is not allowed", e.getCodePoint());
            throw noYaml(file, lineOf(text, e.getCodePoint()), why);
        } catch (YAMLException e) {
            throw new ConfigException(file, "no YAML: " + e.getMessage());
        }
    }

    private static ConfigException noYaml(Path file, int line, String why) {
        return new ConfigException(file, List.of(new Problem(line, "", "no YAML: " + why)));
    }

    /// The problem, which may be the second half of a sentence that the context begins.
    private static String sentence(MarkedYAMLException e) {
        String problem = String.valueOf(e.getProblem());
        return problem.startsWith("but ") ? e.getContext() + ", " + problem : problem;
    }

    /// The line of the first occurrence of a character.
    private static int lineOf(String text, int codePoint) {
        int at = Math.max(0, text.indexOf(codePoint));
        return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
    }
}

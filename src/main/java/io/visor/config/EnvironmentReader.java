package io.visor.config;

import io.visor.model.Environment;
import io.visor.model.FileFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// Reads `environment:` of a service: variables, and the files that hold others.
final class EnvironmentReader {

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_FILES = 20;
    private static final String FILE = "file";

    private final Paths paths;
    private final Map<String, String> own;

    /// Makes a reader.
    ///
    /// @param paths what paths stand for
    /// @param own visor's own environment
    EnvironmentReader(Paths paths, Map<String, String> own) {
        this.paths = paths;
        this.own = own;
    }

    Environment read(Section service) {
        Map<String, String> variables = new LinkedHashMap<>();
        List<Path> files = new ArrayList<>();
        Map<String, String> filed = new LinkedHashMap<>();
        try (Section section = service.section("environment")) {
            for (String name : section.keys()) {
                if (name.equals(FILE)) {
                    files(section, files, filed);
                } else if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                    section.problem(name, "is no name of a variable");
                } else {
                    variables.put(name, section.text(name).orElse(""));
                }
            }
        }
        return new Environment(variables, files, filed);
    }

    private void files(Section section, List<Path> files, Map<String, String> filed) {
        List<String> names =
                section.node(FILE).orElse(null) instanceof SequenceNode
                        ? section.texts(FILE)
                        : section.text(FILE).map(List::of).orElse(List.of());
        if (names.size() > MAX_FILES) {
            section.problem(FILE, "names " + names.size() + " files; 20 are allowed");
            return;
        }
        for (String name : names) {
            Path file;
            try {
                if (name.isBlank()) {
                    section.problem(FILE, "names no file");
                    continue;
                }
                file = paths.resolve(name);
            } catch (IllegalArgumentException e) {
                section.problem(FILE, String.valueOf(e.getMessage()));
                continue;
            }
            files.add(file);
            content(section, file)
                    .ifPresent(text -> {
                        Dotenv.Result result = Dotenv.read(text, own);
                        result.faults()
                                .forEach(fault ->
                                        section.problem(
                                                FILE,
                                                file
                                                        + " line "
                                                        + fault.line()
                                                        + ": "
                                                        + fault.text()));
                        filed.putAll(result.variables());
                    });
        }
    }

    private Optional<String> content(Section section, Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                // Reading a pipe would wait for somebody to write it.
                section.problem(
                        FILE,
                        file + (attributes.isDirectory() ? " is a directory" : " is no file"));
                return Optional.empty();
            }
            if (isWritableByAll(file)) {
                // It says which libraries and programs a service runs, perhaps one of root's.
                section.problem(
                        FILE, file + " may be written by every user here; chmod o-w it first");
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    section.problem(FILE, file + " is larger than 1 MB");
                    return Optional.empty();
                }
                return Optional.of(
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString());
            }
        } catch (CharacterCodingException e) {
            section.problem(FILE, file + " is not UTF-8");
        } catch (IOException e) {
            section.problem(FILE, FileFailures.why(file, e));
        }
        return Optional.empty();
    }

    private static boolean isWritableByAll(Path file) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return view != null
                && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_WRITE);
    }
}

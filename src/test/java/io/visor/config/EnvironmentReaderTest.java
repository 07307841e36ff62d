package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.visor.model.Environment;
import io.visor.model.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class EnvironmentReaderTest {

    private Home home;

    @BeforeEach
    void makeHome(@TempDir Path directory) throws IOException {
        home = Home.in(directory);
        Files.createDirectories(home.root());
    }

    private Path write(String name, String text) throws IOException {
        Path file = home.root().resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        return file;
    }

    private Environment read(String environment) throws IOException {
        Files.writeString(
                home.config(),
                "services:\n- name: a\n  command: x\n  environment: " + environment + "\n");
        return ConfigReader.read(
                        home.config(), home, home.root(), Map.of("OWN", "own", "NAME", "visor"))
                .services()
                .getFirst()
                .environment();
    }

    private List<String> problems(String environment) {
        ConfigException failure =
                catchThrowableOfType(ConfigException.class, () -> read(environment));
        assertThat(failure).isNotNull();
        assertThat(failure.why()).doesNotContain("hunter2");
        return failure.problems().stream()
                .map(problem -> problem.line() + " " + problem.key() + ": " + problem.text())
                .toList();
    }

    @Test
    void readsAFileFromBesideTheConfiguration() throws IOException {
        Path file = write(".envrc.local", "A=1\nB=$OWN\nNAME\nC=file");
        Environment environment = read("{file: .envrc.local, C: map}");
        assertThat(environment.files()).containsExactly(file);
        assertThat(environment.variables()).isEqualTo(Map.of("C", "map"));
        assertThat(environment.filed())
                .isEqualTo(Map.of("A", "1", "B", "own", "NAME", "visor", "C", "file"));
        assertThat(environment.all())
                .isEqualTo(Map.of("A", "1", "B", "own", "NAME", "visor", "C", "map"));
        assertThat(environment.toString()).contains("NAME").doesNotContain("visor", "own");
    }

    @Test
    void aLaterFileGoesBeforeAnEarlierOne() throws IOException {
        Path first = write("first.env", "A=1\nB=1");
        Path second = write("second.env", "B=2");
        Environment environment = read("{file: [first.env, ~/second.env]}");
        assertThat(environment.files()).containsExactly(first, second);
        assertThat(environment.all()).isEqualTo(Map.of("A", "1", "B", "2"));
    }

    @Test
    void whatIsWrongInAFileIsToldByItsLine() throws IOException {
        Path file = write("x.env", "A=1\nB='hunter2\n");
        assertThat(problems("{A-B: x, file: x.env}"))
                .containsExactly(
                        "4 services[0].environment.A-B: is no name of a variable",
                        "4 services[0].environment.file: "
                                + file
                                + " line 2: B: the closing ' is missing");
    }

    @Test
    void refusesWhatIsNoFileOfTheRightKind() throws IOException {
        Path directory = Files.createDirectory(home.root().resolve("directory"));
        Path open = write("open.env", "A=hunter2");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-rw-"));
        Path large = write("large.env", "# " + "x".repeat(1 << 20));
        Path latin = home.root().resolve("latin.env");
        Files.write(latin, "A=é".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(
                        problems(
                                "{file: [absent.env, directory, open.env, large.env, latin.env,"
                                        + " /dev/null, \"\"]}"))
                .containsExactly(
                        "4 services[0].environment.file: "
                                + home.root().resolve("absent.env")
                                + " is not there",
                        "4 services[0].environment.file: " + directory + " is a directory",
                        "4 services[0].environment.file: "
                                + open
                                + " may be written by every user here; chmod o-w it first",
                        "4 services[0].environment.file: " + large + " is larger than 1 MB",
                        "4 services[0].environment.file: " + latin + " is not UTF-8",
                        "4 services[0].environment.file: /dev/null is no file",
                        "4 services[0].environment.file: names no file");
    }

    @Test
    void refusesManyFilesAndWhatIsNoName() {
        assertThat(problems("{file: [" + "a, ".repeat(21) + "]}"))
                .containsExactly("4 services[0].environment.file: names 21 files; 20 are allowed");
        assertThat(problems("{file: {a: b}}"))
                .containsExactly("4 services[0].environment.file: a mapping is no text");
        assertThat(problems("{file: [[a]]}"))
                .containsExactly("4 services[0].environment.file[0]: a list is no text");
        assertThat(problems("{file: \"a\\0b\"}"))
                .containsExactly("4 services[0].environment.file: has a zero byte in it");
        assertThat(problems("{file: [\"a\\0b\"]}"))
                .containsExactly("4 services[0].environment.file[0]: has a zero byte in it");
    }
}

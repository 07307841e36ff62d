package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.ProgramName;
import io.visor.model.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigEditorTest {

    private static final ServiceEntry B = new ServiceEntry.Generated("b.service");

    @TempDir private Path directory;

    private String add(String text, ServiceEntry entry) throws IOException {
        Path file = directory.resolve("config.yml");
        Files.writeString(file, text);
        String after = ConfigEditor.add(file, entry);
        Files.writeString(file, after);
        assertThat(ConfigEditor.add(file, entry)).as("added once").isEqualTo(after);
        return after;
    }

    @Test
    void aFileThatIsNotThereIsAsGoodAsAnEmptyOne() {
        assertThat(ConfigEditor.add(directory.resolve("none.yml"), B))
                .isEqualTo("services:\n  - b.service\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // nothing, or as good as nothing
                "''|services:~  - b.service~",
                "'# why~'|'# why~services:~  - b.service~'",
                "'# why'|'# why~services:~  - b.service~'",
                "'---~'|'---~services:~  - b.service~'",
                // LavaVisor's forms
                "'services: [a.service]~'|'services: [a.service, b.service]~'",
                "'services: [a.service]'|'services: [a.service, b.service]'",
                "'services: []~'|'services: [b.service]~'",
                "'services: [ ] # none~'|'services: [b.service ] # none~'",
                "'services:~- a.service~'|'services:~- a.service~- b.service~'",
                "'services:~  - a.service'|'services:~  - a.service~  - b.service'",
                // a key without a value
                "'services:~'|'services:~  - b.service~'",
                "'services:'|'services:~  - b.service'",
                "'services: # mine~chain: {}~'|'services: # mine~  - b.service~chain: {}~'",
                "'services: null # none~chain: {}~'|'services: # none~  - b.service~chain: {}~'",
                "'services: ~~chain: {}~'|'services:~  - b.service~chain: {}~'",
                // comments and order
                "'services:~  - a.service # first~~  # more~chain: {}~'|'services:~  - a.service #"
                        + " first~  - b.service~~  # more~chain: {}~'",
                "'chain: {chain-id: x} # c~'|'chain: {chain-id: x} # c~services:~  - b.service~'",
                "'services: [~  a.service, # one~  c.service  # two~]~'|'services: [~  a.service, #"
                        + " one~  c.service, b.service  # two~]~'",
                "'services: [a.service, ]~'|'services: [a.service, b.service, ]~'",
                "'{chain: {chain-id: x}}~'|'{chain: {chain-id: x}, services: [b.service]}~'",
                "'  chain: {}~'|'  chain: {}~  services:~    - b.service~'",
                // services of other forms before it
                "'services:~  - name: x~    command: y~    environment: {A: b}~# end~'|'services:~ "
                        + " - name: x~    command: y~    environment: {A: b}~  - b.service~# end~'",
                "'services:~  - name: x~    command: |~      y~        z~chain: {}~'|'services:~  -"
                        + " name: x~    command: |~      y~        z~  - b.service~chain: {}~'",
            })
    void keepsEveryOtherCharacter(String before, String after) throws IOException {
        // A tilde stands for a line's end; two for one that is there, and a line's end.
        String start = lines(before);
        String end = lines(after);
        assertThat(add(start, B)).isEqualTo(end);
        if (start.contains("\n")) {
            String crlf = start.replace("\n", "\r\n");
            assertThat(add(crlf, B)).isEqualTo(end.replace("\n", "\r\n"));
        }
    }

    private static String lines(String text) {
        return text.replace(": ~~", ": \0~").replace('~', '\n').replace('\0', '~');
    }

    @Test
    void countsCharactersBeyondTheBasicPlane() throws IOException {
        assertThat(add("# 😀😀😀\nservices: [a.service]\n", B))
                .isEqualTo("# 😀😀😀\nservices: [a.service, b.service]\n");
    }

    @Test
    void writesWhatFollowsAProgramInBlockStyle() throws IOException {
        ServiceEntry lily =
                new ServiceEntry.OfProgram(
                        new ServiceName("lily"), "lily.service", new ProgramName("lily"));
        assertThat(add("services:\n  - a.service\n", lily))
                .isEqualTo(
                        "services:\n"
                                + "  - a.service\n"
                                + "  - {name: lily, unit: lily.service, program: lily}\n");
        assertThat(add("services: [a.service]\n", lily))
                .isEqualTo(
                        "services: [a.service, {name: lily, unit: lily.service, program:"
                                + " lily}]\n");
    }

    @ParameterizedTest
    @CsvSource({"null", "on", "1e3", "a:b", "2024-01-01"})
    void quotesWhatYamlWouldTakeForSomethingElse(String name) throws IOException {
        String after = add("", new ServiceEntry.Plain(new ServiceName(name), name + ".service"));
        assertThat(after).contains("name: \"" + name + "\"");
    }

    @Test
    void isOnceNotASubstring() throws IOException {
        assertThat(add("services: [bb.service, b.service.service]\n", B))
                .isEqualTo("services: [bb.service, b.service.service, b.service]\n");
    }

    @Test
    void leavesAnEntryThatIsThereInAnotherForm() throws IOException {
        String text = "services:\n  - name: b\n    unit: b.service\n";
        assertThat(add(text, B)).isEqualTo(text);
    }

    @Test
    void refusesAServiceOfTheSameName() {
        assertThatThrownBy(() -> add("services:\n  - name: b\n    command: x\n", B))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e ->
                                assertThat(e.problems())
                                        .singleElement()
                                        .asString()
                                        .contains("line 2")
                                        .contains("a service \"b\" is here that is not the unit"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'x: &s [a.service]~services: *s~'",
                "'a: 1~...~'",
            })
    void leavesWhatItCannotAddToAndSaysWhatToWrite(String text) {
        assertThatThrownBy(() -> add(lines(text), B))
                .isInstanceOf(ConfigException.class)
                .satisfies(e ->
                        assertThat(String.valueOf(e.getMessage()))
                                .contains("add this line to it: - b.service"));
    }

    @Test
    void refusesWhatIsNoListOrNoYaml() {
        assertThatThrownBy(() -> add("services: {a: b}\n", B)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> add("services: [a\n", B)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> add("- a\n", B)).isInstanceOf(ConfigException.class);
    }
}

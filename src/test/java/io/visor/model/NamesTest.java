package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "lavap", "alice-ETH1", "0", "a.b_c@d:e-f", "a..b"})
    void takesWhatCanStandInAPathAndAUnit(String text) {
        assertThat(Names.isName(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ".", "..", ".hidden", "-x", "_x", "@x", ":x", "a/b", "../a", "a b", "a\n",
                "\na", "a\0", "ä", "a%b", "a\\b", "$a"
            })
    void refusesWhatCouldLeadElsewhere(String text) {
        assertThat(Names.isName(text)).isFalse();
    }

    @Test
    void aNameHasAHundredCharactersAtMost() {
        assertThat(Names.isName("a".repeat(100))).isTrue();
        assertThat(Names.isName("a".repeat(101))).isFalse();
    }

    @Test
    void eachKindOfNameSaysWhatItIs() {
        assertThatThrownBy(() -> new ServiceName("a b"))
                .hasMessage("\"a b\" is no name of a service: " + Names.RULE);
        assertThatThrownBy(() -> new ProgramName(""))
                .hasMessage("\"\" is no name of a program: " + Names.RULE);
        assertThatThrownBy(() -> new InstanceName("../x"))
                .hasMessage("\"../x\" is no name of an instance: " + Names.RULE);
    }

    @Test
    void namesOrderByTheirText() {
        assertThat(new ServiceName("a")).isLessThan(new ServiceName("b")).hasToString("a");
        assertThat(new ProgramName("a")).isLessThan(new ProgramName("b")).hasToString("a");
        assertThat(new InstanceName("a")).isLessThan(new InstanceName("b")).hasToString("a");
    }

    @Property
    void aNameIsAlwaysOneStepOfAPath(@ForAll String text) {
        if (Names.isName(text)) {
            assertThat(Path.of("/x").resolve(text).normalize().getNameCount()).isEqualTo(2);
        }
    }
}

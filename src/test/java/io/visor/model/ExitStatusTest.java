package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.ExitStatus.Exited;
import io.visor.model.ExitStatus.Signaled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExitStatusTest {

    @Test
    void aSignalIs128MoreToAShell() {
        assertThat(new Exited(3).shellCode()).isEqualTo(3);
        assertThat(new Signaled(9).shellCode()).isEqualTo(137);
        assertThat(new Signaled(64).shellCode()).isEqualTo(192);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 193, 255})
    void otherCodesOfAShellAreExits(int code) {
        assertThat(ExitStatus.ofShellCode(code)).isEqualTo(new Exited(code));
    }

    @ParameterizedTest
    @ValueSource(ints = {129, 137, 143, 192})
    void codesAbove128AreSignals(int code) {
        assertThat(ExitStatus.ofShellCode(code)).isEqualTo(new Signaled(code - 128));
        assertThat(ExitStatus.ofShellCode(code).shellCode()).isEqualTo(code);
    }

    @Test
    void namesTheSignalsThatItKnows() {
        assertThat(new Exited(1)).hasToString("code 1");
        assertThat(new Signaled(15)).hasToString("SIGTERM");
        assertThat(new Signaled(11)).hasToString("signal 11");
    }
}

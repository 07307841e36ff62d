package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-amd64",
        "Linux, x86_64, linux-amd64",
        "Linux, aarch64, linux-arm64",
        "Mac OS X, aarch64, darwin-arm64",
        "Mac OS X, x86_64, darwin-amd64",
        "FreeBSD, riscv64, freebsd-riscv64"
    })
    void isSpelledAsGoSpellsIt(String osName, String osArch, String text) {
        assertThat(Platform.of(osName, osArch)).hasToString(text);
    }

    @Test
    void isSpelledTheSameInEveryLanguage() {
        Locale before = Locale.getDefault();
        try {
            // A Turkish capital I has no dot when it is made small.
            Locale.setDefault(Locale.of("tr", "TR"));
            assertThat(Platform.of("MINIX", "i386")).hasToString("minix-i386");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void isThatOfThisMachine() {
        assertThat(Platform.current().os()).isIn("linux", "darwin");
    }
}

package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class Sha256Test {

    /// FIPS 180-4's example for one block, "abc".
    private static final String ABC =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void isTheDigestOfTheStandard() {
        byte[] digest = Sha256.digester().digest("abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(Sha256.of(digest)).hasToString(ABC);
        assertThat(Sha256.of(digest).brief()).isEqualTo("ba78…");
    }

    @Test
    void isReadInEitherCase() {
        assertThat(Sha256.parse(ABC.toUpperCase(Locale.ROOT))).contains(new Sha256(ABC));
    }

    @Test
    void refusesWhatIsNoDigest() {
        for (String text :
                new String[] {
                    "",
                    ABC.substring(1),
                    ABC + "0",
                    " " + ABC,
                    ABC + "\n",
                    ABC.replace('a', 'g'),
                    ABC.replace('0', '٠')
                }) {
            assertThat(Sha256.parse(text)).as("\"%s\"", text).isEmpty();
            assertThatThrownBy(() -> new Sha256(text)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Sha256.of(new byte[20]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll String text) {
        assertThat(Sha256.parse(text)).isEmpty();
    }
}

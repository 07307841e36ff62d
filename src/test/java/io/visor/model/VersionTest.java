package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class VersionTest {

    @Test
    void ordersNumberByNumber() {
        List<String> ascending =
                List.of(
                        "0.9.9",
                        "0.22.1",
                        "0.22.1.1",
                        "0.22.2",
                        "1.0.0-alpha",
                        "1.0.0-alpha.1",
                        "1.0.0-alpha.beta",
                        "1.0.0-beta",
                        "1.0.0-beta.2",
                        "1.0.0-beta.11",
                        "1.0.0-rc.1",
                        "1.0.0",
                        "1.0.10",
                        "10.0.0");
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                assertThat(
                                Integer.signum(
                                        Version.of(ascending.get(i))
                                                .compareTo(Version.of(ascending.get(j)))))
                        .as("%s against %s", ascending.get(i), ascending.get(j))
                        .isEqualTo(Integer.signum(Integer.compare(i, j)));
            }
        }
    }

    @Test
    void ignoresOneVAndBuildMetadata() {
        assertThat(Version.of("v1.2.3")).isEqualTo(Version.of("1.2.3"));
        assertThat(Version.of("1.24.0+calibnet.git.1")).hasToString("1.24.0");
        assertThat(Version.parse("vv1.2.3")).isEmpty();
    }

    @Test
    void refusesWhatIsNoVersion() {
        for (String text :
                List.of(
                        "",
                        "v",
                        "1.",
                        ".1",
                        "1..2",
                        "1.2.x",
                        "-1.0.0",
                        "1.0.0-",
                        "1.0.0-a..b",
                        "1.0.0-ä",
                        " 1.0.0",
                        "1.0.0\n",
                        "1".repeat(10) + ".0.0",
                        "1.".repeat(8) + "1",
                        "9".repeat(100),
                        "١.٠.٠")) {
            assertThat(Version.parse(text)).as("\"%s\"", text).isEmpty();
        }
    }

    @Test
    void knowsTheChainsForm() {
        assertThat(Version.of("6.2.5").isThreeNumbers()).isTrue();
        assertThat(Version.of("6.2").isThreeNumbers()).isFalse();
        assertThat(Version.of("6.2.5.1").isThreeNumbers()).isFalse();
        assertThat(Version.of("6.2.5-rc1").isThreeNumbers()).isFalse();
    }

    @Property
    void orderIsTotalAndAgreesWithEquals(
            @ForAll("versions") Version a,
            @ForAll("versions") Version b,
            @ForAll("versions") Version c) {
        assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
        assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
        if (a.compareTo(b) <= 0 && b.compareTo(c) <= 0) {
            assertThat(a.compareTo(c)).isLessThanOrEqualTo(0);
        }
    }

    @Property
    void isReadBackFromItsText(@ForAll("versions") Version version) {
        assertThat(Version.of(version.toString())).isEqualTo(version);
    }

    @Property
    void neverThrowsOnAnyText(@ForAll String text) {
        assertThat(Version.parse(text)).isNotNull();
    }

    @Provide
    Arbitrary<Version> versions() {
        Arbitrary<List<Integer>> numbers =
                Arbitraries.integers().between(0, 12).list().ofMinSize(1).ofMaxSize(4);
        Arbitrary<List<String>> tags =
                Arbitraries.of("alpha", "rc", "1", "2", "11").list().ofMaxSize(2);
        return numbers.flatMap(n -> tags.map(t -> new Version(n, t)));
    }
}

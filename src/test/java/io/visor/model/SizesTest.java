package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SizesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1, 1 B",
        "999, 999 B",
        "1000, 1 kB",
        "412499, 412 kB",
        "999499, 999 kB",
        "999500, 1.0 MB",
        "64100000, 64.1 MB",
        "999499999, 999.5 MB",
        "999500000, 1.0 GB",
        "2147483648, 2.1 GB",
        "999500000000, 1.0 TB",
        "9223372036854775807, 9223372.0 TB"
    })
    void usesTheUnitThatKeepsItShort(long bytes, String text) {
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }

    @Property
    void neverShowsAThousandOfAUnitBelowTera(
            @ForAll @LongRange(min = 0, max = 999_000_000_000_000L) long bytes) {
        assertThat(Sizes.format(bytes)).matches("\\d{1,3} k?B|\\d{1,3}\\.\\d [MGT]B");
    }
}

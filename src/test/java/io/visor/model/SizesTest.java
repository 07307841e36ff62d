package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @CsvSource({
        "4096, 4096",
        "4096B, 4096",
        "4kB, 4000",
        "4KB, 4000",
        "4 kB, 4000",
        "4KiB, 4096",
        "100MB, 100000000",
        "1GiB, 1073741824",
        "2TB, 2000000000000",
        "0, 0"
    })
    void reads(String text, long bytes) {
        assertThat(Sizes.parse(text)).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "B", "4k", "4M", "4iB", "4i", "-1", "1.5GB", "4 000", "999999999999TiB"})
    void refuses(String text) {
        assertThat(Sizes.parse(text)).isEmpty();
    }

    @Property
    void whatIsWrittenExactlyIsReadBack(@ForAll @LongRange(min = 0, max = 1L << 40) long bytes) {
        assertThat(Sizes.parse(Sizes.exact(bytes))).contains(bytes);
    }

    @ParameterizedTest
    @CsvSource({"100000000, 100MB", "65536, 64KiB", "4097, 4097B", "0, 0B", "1000, 1kB"})
    void writesTheLargestUnit(long bytes, String text) {
        assertThat(Sizes.exact(bytes)).isEqualTo(text);
    }
}

package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MaintenanceWindowTest {

    private static Instant at(String local, String zone) {
        return LocalDateTime.parse(local).atZone(ZoneId.of(zone)).toInstant();
    }

    private static boolean open(String window, String local, String zone) {
        return MaintenanceWindow.parse(window).isOpen(at(local, zone));
    }

    @Test
    void isOpenFromItsBeginningToBeforeItsEnd() {
        // 2026-11-25 is a Wednesday.
        assertThat(open("Mon-Fri 08:00-18:00 UTC", "2026-11-25T07:59:59", "UTC")).isFalse();
        assertThat(open("Mon-Fri 08:00-18:00 UTC", "2026-11-25T08:00:00", "UTC")).isTrue();
        assertThat(open("Mon-Fri 08:00-18:00 UTC", "2026-11-25T17:59:59", "UTC")).isTrue();
        assertThat(open("Mon-Fri 08:00-18:00 UTC", "2026-11-25T18:00:00", "UTC")).isFalse();
        assertThat(open("Mon-Fri 08:00-18:00 UTC", "2026-11-28T12:00:00", "UTC")).isFalse();
    }

    @Test
    void aWindowOverMidnightBelongsToTheDayOnWhichItBegins() {
        assertThat(open("Fri 22:00-04:00", "2026-11-27T23:00:00", "UTC")).isTrue();
        assertThat(open("Fri 22:00-04:00", "2026-11-28T03:59:00", "UTC")).isTrue();
        assertThat(open("Fri 22:00-04:00", "2026-11-27T03:00:00", "UTC")).isFalse();
        assertThat(open("Sat 00:00-24:00", "2026-11-28T23:59:59", "UTC")).isTrue();
        assertThat(open("Sat 00:00-24:00", "2026-11-29T00:00:00", "UTC")).isFalse();
    }

    @Test
    void theZonesClockCounts() {
        assertThat(open("08:00-09:00 Asia/Tokyo", "2026-11-25T08:30:00", "Asia/Tokyo")).isTrue();
        assertThat(open("08:00-09:00 Asia/Tokyo", "2026-11-25T08:30:00", "UTC")).isFalse();
    }

    @Test
    void whereTheClockIsSetForwardItBeginsWhenItHasBeen() {
        // Berlin, 2026-03-29: 02:00 becomes 03:00.
        String zone = "Europe/Berlin";
        MaintenanceWindow window = MaintenanceWindow.parse("02:30-04:00 " + zone);
        assertThat(window.nextOpening(at("2026-03-29T01:00:00", zone)))
                .contains(at("2026-03-29T03:30:00", zone));
        assertThat(window.isOpen(at("2026-03-29T03:59:00", zone))).isTrue();
        MaintenanceWindow lost = MaintenanceWindow.parse("Sun 02:15-02:45 " + zone);
        assertThat(lost.isOpen(at("2026-03-29T03:30:00", zone)))
                .as("a window of half an hour that is set over, an hour later")
                .isTrue();
        assertThat(lost.isOpen(at("2026-03-29T03:45:00", zone))).isFalse();
    }

    @Test
    void whereTheClockIsSetBackItIsOpenFromTheFirstBeginningToTheLastEnd() {
        // Berlin, 2026-10-25: 03:00 becomes 02:00.
        String zone = "Europe/Berlin";
        MaintenanceWindow window = MaintenanceWindow.parse("02:30-02:45 " + zone);
        Instant first = Instant.parse("2026-10-25T00:30:00Z");
        assertThat(window.isOpen(first.minusSeconds(1))).isFalse();
        assertThat(window.isOpen(first)).isTrue();
        assertThat(window.isOpen(first.plus(Duration.ofMinutes(74)))).isTrue();
        assertThat(window.isOpen(first.plus(Duration.ofMinutes(75)))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "Mon-Fri 08:00-18:00 UTC, Mon-Fri 08:00-18:00 UTC",
        "'mon,tue,wed 08:00-18:00', Mon-Wed 08:00-18:00 UTC",
        "Sat-Sun 00:00-24:00 Europe/Berlin, Sat-Sun 00:00-24:00 Europe/Berlin",
        "Fri-Mon 01:00-02:00, 'Mon,Fri-Sun 01:00-02:00 UTC'",
        "08:00-18:00, 08:00-18:00 UTC",
    })
    void isShownAsItIsRead(String text, String shown) {
        MaintenanceWindow window = MaintenanceWindow.parse(text);
        assertThat(window.toString()).isEqualTo(shown);
        assertThat(MaintenanceWindow.parse(shown)).isEqualTo(window);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "always",
                "Mon",
                "08:00",
                "Mon-Fri 8-18",
                "Mon-Fri 08:00-25:00",
                "Mo-Fr 08:00-18:00",
                "Mon-Tue-Wed 08:00-18:00",
                "08:00-18:00 Europe/Atlantis",
                "Mon-Fri 08:00-18:00 UTC and more"
            })
    void refusesWhatIsNoWindow(String text) {
        assertThatThrownBy(() -> MaintenanceWindow.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"");
    }

    @Property
    void theNextOpeningIsTheFirstMomentAtWhichItIsOpen(
            @ForAll("windows") MaintenanceWindow window, @ForAll("times") Instant time) {
        Instant next = window.nextOpening(time).orElseThrow();
        assertThat(window.isOpen(next)).isTrue();
        assertThat(next).isAfterOrEqualTo(time);
        for (Instant t = time; t.isBefore(next); t = t.plus(Duration.ofMinutes(15))) {
            assertThat(window.isOpen(t)).as("%s at %s", window, t).isFalse();
        }
        if (next.isAfter(time)) {
            assertThat(window.isOpen(next.minusNanos(1))).isFalse();
        }
    }

    @Provide
    Arbitrary<MaintenanceWindow> windows() {
        return Arbitraries.of(
                        "Mon-Fri 08:00-18:00 UTC",
                        "Sun 01:30-03:30 Europe/Berlin",
                        "Sun 02:00-03:00 America/New_York",
                        "22:00-04:00 Australia/Lord_Howe",
                        "Tue,Thu 00:00-00:15 Asia/Kolkata",
                        "Sat 00:00-24:00 America/Sao_Paulo")
                .map(MaintenanceWindow::parse);
    }

    @Provide
    Arbitrary<Instant> times() {
        long start = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();
        return Arbitraries.longs()
                .between(0, Duration.ofDays(730).toSeconds())
                .map(seconds -> Instant.ofEpochSecond(start + seconds));
    }
}

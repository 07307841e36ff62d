package io.visor.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.UnitName;
import io.visor.systemd.UnitMarks.Kind;
import io.visor.systemd.UnitMarks.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnitMarksTest {

    private static final UnitName UNIT = new UnitName("a@b.service");

    @TempDir Path directory;

    private UnitMarks marks() {
        return new UnitMarks(directory.resolve("units"));
    }

    @Test
    void aMarkIsFoundByALaterVisor() throws IOException {
        assertThat(marks().of(UNIT, "7")).isEqualTo(Mark.NONE);
        marks().put(UNIT, Kind.DOWN, "7", 1);
        assertThat(marks().of(UNIT, "7").isDown()).isTrue();
        marks().put(UNIT, Kind.UP, "7", 1);
        assertThat(marks().of(UNIT, "7").isUp()).isTrue();
    }

    @Test
    void aMarkOfAnotherBootIsOfThePast() throws IOException {
        marks().put(UNIT, Kind.UP, "6", 1);
        assertThat(marks().of(UNIT, "7").isUp()).isFalse();
        assertThat(marks().of(UNIT, "7").wasUp()).isTrue();
    }

    @Test
    void whatBelongsToAnOlderOrderIsDropped() throws IOException {
        UnitMarks marks = marks();
        marks.put(UNIT, Kind.DOWN, "7", 2);
        marks.put(UNIT, Kind.UP, "7", 1);
        assertThat(marks.of(UNIT, "7").isDown()).isTrue();
    }

    @Test
    void aMarkThatIsDamagedIsNone() throws IOException {
        marks().put(UNIT, Kind.UP, "7", 1);
        Files.writeString(directory.resolve("units/a@b.service"), "u");
        assertThat(marks().of(UNIT, "7")).isEqualTo(Mark.NONE);
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaid() throws IOException {
        Files.writeString(directory.resolve("units"), "");
        assertThatThrownBy(() -> marks().put(UNIT, Kind.UP, "7", 1))
                .isInstanceOf(SystemdException.class);
    }
}

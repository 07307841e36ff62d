package io.visor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ResultsTest {

    private static Results to(OutputStream out) {
        return Results.to(out, StandardCharsets.UTF_8);
    }

    @Test
    void allThatIsPrintedArrives() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Results results = to(out);
        results.print("a");
        results.println("ä");
        assertThat(results.failure()).isEmpty();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("aä\n");
    }

    @Test
    void outputToAFullDeviceIsAFailure() throws IOException {
        try (FileOutputStream full = new FileOutputStream("/dev/full")) {
            Results results = to(full);
            results.print("no end of a line");
            assertThat(results.failure())
                    .hasValueSatisfying(e -> assertThat(e).hasMessageContaining("No space left"));
        }
    }

    @Test
    void whoeverHasReadEnoughMayHangUp() {
        Results results =
                to(
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                throw new IOException("Broken pipe");
                            }
                        });
        results.println("a");
        assertThat(results.checkError()).isTrue();
        assertThat(results.failure()).isEmpty();
    }
}

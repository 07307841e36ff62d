package io.visor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.support.AnnotationSupport;

/// Holds the list of cosmovisor's scenarios: each is a test, or says why it is left out.
final class CosmovisorScenariosTest {

    private static final Path LIST = Path.of("src/test/resources/cosmovisor-scenarios.txt");
    private static final String LEFT_OUT = "left out: ";

    private record Scenario(String name, String where) {
        private static Scenario of(String line) {
            int colon = line.indexOf(": ");
            return new Scenario(line.substring(0, colon), line.substring(colon + 2));
        }
    }

    static List<Scenario> scenarios() throws IOException {
        try (Stream<String> lines = Files.lines(LIST)) {
            return lines.filter(line -> !line.startsWith("#")).map(Scenario::of).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void isATestOrHasAReason(Scenario scenario) throws Exception {
        if (scenario.where.startsWith(LEFT_OUT)) {
            assertThat(scenario.where.substring(LEFT_OUT.length())).contains(" ");
            return;
        }
        String[] parts = scenario.where.split("#", 2);
        assertThat(parts).as("a class and a method").hasSize(2);
        assertThat(Class.forName(parts[0]).getDeclaredMethods())
                .filteredOn(method -> method.getName().equals(parts[1]))
                .as("the test of %s", scenario.name)
                .isNotEmpty()
                .allMatch(CosmovisorScenariosTest::isTest);
    }

    private static boolean isTest(Method method) {
        return AnnotationSupport.isAnnotated(method, Test.class)
                || AnnotationSupport.isAnnotated(method, ParameterizedTest.class);
    }

    @Test
    void allAreListedOnce() throws Exception {
        assertThat(scenarios()).extracting(Scenario::name).doesNotHaveDuplicates();
        assertThat(scenarios())
                .extracting(s -> s.name.split(" ", 2)[0])
                .contains("process", "process-pending", "upgrade", "scanner");
    }
}

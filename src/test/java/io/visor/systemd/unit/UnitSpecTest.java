package io.visor.systemd.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class UnitSpecTest {

    @TempDir private Path directory;

    private static UnitSpec spec(UnitKind kind, UnitScope scope) {
        Path data = Path.of("/home/alice/.lavavisor/services/data/alice-ETH1");
        return new UnitSpec(
                kind,
                "Lava consumer alice-ETH1",
                List.of("/home/alice/.lavavisor/bin/lavap", "rpcconsumer", "../x.yml"),
                data,
                List.of(data),
                Duration.ofSeconds(45),
                scope);
    }

    private UnitFile render(UnitKind kind, UnitScope scope) {
        String text = spec(kind, scope).render(new UnitTemplates(directory).of(kind));
        assertThat(text).doesNotContain("{{");
        return UnitFile.parse(text);
    }

    @ParameterizedTest
    @EnumSource(UnitKind.class)
    void whatEveryUnitHas(UnitKind kind) {
        UnitFile unit = render(kind, new UnitScope.OfSystem("alice"));
        assertThat(unit.user()).contains("alice");
        assertThat(unit.value("Unit", "StartLimitIntervalSec"))
                .as("an outage leaves nothing down")
                .contains("0");
        assertThat(unit.value("Service", "RestartSec")).contains("5");
        assertThat(unit.value("Service", "KillMode")).contains("mixed");
        assertThat(unit.value("Service", "NoNewPrivileges")).contains("true");
        assertThat(unit.value("Service", "PrivateTmp")).contains("true");
        assertThat(unit.value("Install", "WantedBy")).contains("multi-user.target");
        assertThat(unit.command().getFirst()).isEqualTo("/home/alice/.lavavisor/bin/lavap");
    }

    /// A user's systemd knows no targets of the machine's, starts as nobody else, and cannot change
    /// what its services see of the disk.
    @ParameterizedTest
    @EnumSource(UnitKind.class)
    void whatAUsersUnitHasNot(UnitKind kind) {
        UnitFile unit = render(kind, new UnitScope.OfUser());
        assertThat(unit.value("Install", "WantedBy")).contains("default.target");
        assertThat(unit.settings())
                .extracting(UnitFile.Setting::key)
                .doesNotContain(
                        "User",
                        "After",
                        "Wants",
                        "ProtectSystem",
                        "PrivateTmp",
                        "ReadWritePaths",
                        "CapabilityBoundingSet");
    }

    @ParameterizedTest
    @EnumSource(
            value = UnitKind.class,
            names = {"CONSUMER", "PROVIDER"})
    void lavapIsStoppedBySigint(UnitKind kind) {
        UnitFile unit = render(kind, new UnitScope.OfSystem("alice"));
        assertThat(unit.value("Service", "KillSignal")).contains("SIGINT");
        assertThat(unit.value("Service", "SuccessExitStatus")).contains("130");
    }

    /// `lavap rpcconsumer` ends at once when it is given the flag.
    @Test
    void aConsumerHasNoParallelConnections() {
        assertThat(command(Role.CONSUMER).words()).doesNotContain("--parallel-connections");
        assertThat(command(Role.PROVIDER).words()).containsSequence("--parallel-connections", "10");
    }

    private static LavapCommand command(Role role) {
        return new LavapCommand(
                Path.of("/x/lavap"),
                role,
                "c.yml",
                "alice",
                1,
                "lava",
                "test",
                "tcp://x",
                "info",
                10);
    }

    @Test
    void whatLivesInATemporaryFolderSeesIt() {
        Path data = Path.of("/tmp/x");
        UnitSpec spec =
                new UnitSpec(
                        UnitKind.PROGRAM,
                        "x",
                        List.of("/bin/true"),
                        data,
                        List.of(data),
                        Duration.ofSeconds(45),
                        new UnitScope.OfSystem("root"));
        assertThat(spec.render(new UnitTemplates(directory).of(UnitKind.PROGRAM)))
                .contains("PrivateTmp=false");
    }

    @Test
    void anOperatorsTemplateGoesFirst() throws IOException {
        Files.writeString(
                directory.resolve("consumer.service"),
                "[Service]\nExecStart={{command}}\nSlice=lava.slice\nUser={{user}}\n");
        assertThat(
                        spec(UnitKind.CONSUMER, new UnitScope.OfUser())
                                .render(new UnitTemplates(directory).of(UnitKind.CONSUMER)))
                .isEqualTo(
                        "[Service]\n"
                            + "ExecStart=/home/alice/.lavavisor/bin/lavap rpcconsumer ../x.yml\n"
                            + "Slice=lava.slice\n");
    }

    @Test
    void aMistypedPlaceholderIsRefused() throws IOException {
        Path own = directory.resolve("consumer.service");
        Files.writeString(own, "[Service]\n\nExecStart={{comand}}\n");
        UnitSpec spec = spec(UnitKind.CONSUMER, new UnitScope.OfUser());
        assertThatThrownBy(() -> spec.render(new UnitTemplates(directory).of(UnitKind.CONSUMER)))
                .isInstanceOf(UnitException.class)
                .hasMessageStartingWith(own + ", line 3: {{comand}} is not known; use {{command}}");
    }

    @Test
    void theRuleNamesVisorsUnitsAndNoOthers() {
        String rule =
                new PolkitRule("visor", List.of("a.service", "b.service"))
                        .render(new UnitTemplates(directory).ofPolkitRule());
        assertThat(rule)
                .contains("var units = [\"a.service\", \"b.service\"];")
                .contains("subject.user == \"visor\"")
                .doesNotContain("{{");
    }
}

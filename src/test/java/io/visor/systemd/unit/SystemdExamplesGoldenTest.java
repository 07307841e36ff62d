package io.visor.systemd.unit;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.Golden;
import io.visor.config.ConfigEditor;
import io.visor.config.ConfigReader;
import io.visor.config.ProtocolConfigReader;
import io.visor.config.ServiceEntry;
import io.visor.model.Home;
import io.visor.model.Role;
import io.visor.model.ServiceName;
import io.visor.model.ServiceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds the examples of units to what visor writes.
final class SystemdExamplesGoldenTest {

    private static final Path EXAMPLES = Path.of("examples/systemd");
    private static final Home HOME = new Home(Path.of("/home/alice/.lavavisor"));
    private static final UnitScope ALICE = new UnitScope.OfSystem("alice");

    private static final List<String> UNITS =
            List.of("alice-ETH1.service", "alice-LAV1.service", "snapshotter.service");

    @TempDir private Path directory;

    private UnitTemplates shipped() {
        return new UnitTemplates(directory);
    }

    private void checkLavap(Role role, String file) {
        String name = "alice-" + ProtocolConfigReader.read(EXAMPLES.resolve(file), role).chainId();
        LavapCommand command =
                new LavapCommand(
                        HOME.bin().resolve("lavap"),
                        role,
                        "../../protocol_yml_configs/" + name + ".yml",
                        "alice",
                        1,
                        "lava-mainnet-1",
                        "test",
                        "tcp://localhost:26657",
                        "debug",
                        10);
        Path work = HOME.services().resolve("data").resolve(name);
        UnitSpec spec = UnitSpec.ofLavap(name, command, work, ALICE);
        Golden.check(EXAMPLES.resolve(name + ".service"), spec.render(shipped().of(spec.kind())));
    }

    @Test
    void ofAConsumer() {
        checkLavap(Role.CONSUMER, "consumer-ETH1.yml");
    }

    @Test
    void ofAProvider() {
        checkLavap(Role.PROVIDER, "provider-LAV1.yml");
    }

    @Test
    void ofAnotherProgram() {
        UnitSpec spec =
                UnitSpec.ofCommand(
                        "snapshotter",
                        List.of("/opt/snapshotter/start.sh", "--fast"),
                        HOME.services().resolve("data").resolve("snapshotter"),
                        ALICE);
        Golden.check(
                EXAMPLES.resolve("snapshotter.service"),
                spec.render(shipped().of(UnitKind.PROGRAM)));
    }

    @Test
    void ofVisor() {
        UnitSpec spec =
                UnitSpec.ofVisor(
                        HOME,
                        Path.of("/opt/visor/bin/visor"),
                        List.of("--auto-download"),
                        Path.of("/home/alice"),
                        Duration.ofSeconds(60),
                        ALICE);
        Golden.check(EXAMPLES.resolve("visor.service"), spec.render(shipped().of(UnitKind.VISOR)));
        Golden.check(
                EXAMPLES.resolve("visor.rules"),
                new PolkitRule("alice", UNITS).render(shipped().ofPolkitRule()));
    }

    @Test
    void ofTheListOfServices() throws IOException {
        Path file = directory.resolve("config.yml");
        Files.writeString(
                file,
                """
                # What is left of a configuration when services are added to it: everything.
                chain:
                  chain-id: lava-mainnet-1
                  endpoints: [tcp://localhost:26657]
                """);
        for (String unit : UNITS.subList(0, 2)) {
            Files.writeString(file, ConfigEditor.add(file, new ServiceEntry.Generated(unit)));
        }
        ServiceEntry other =
                new ServiceEntry.Plain(new ServiceName("snapshotter"), UNITS.getLast());
        Files.writeString(file, ConfigEditor.add(file, other));
        Golden.check(EXAMPLES.resolve("config.yml"), Files.readString(file));
        assertThat(ConfigReader.read(file, HOME, directory, Map.of()).services())
                .extracting(ServiceSpec::unit)
                .doesNotContainNull()
                .hasSize(UNITS.size());
    }
}

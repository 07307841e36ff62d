package io.visor.daemon.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {

    private static final String CONSUMER =
            "endpoints: [{chain-id: ETH1, api-interface: jsonrpc, network-address: 'x:1'}]\n";

    private static final String PROVIDER =
            "endpoints: [{chain-id: ETH1, api-interface: jsonrpc, network-address: {address:"
                    + " 'x:1'}, node-urls: [{url: 'http://x'}]}]\n";

    @TempDir private Path directory;
    private final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/none"));
    private Home home;
    private Path userHome;
    private Path systemd;

    @BeforeEach
    void makeHost() throws IOException {
        userHome = Files.createDirectories(directory.resolve("op"));
        home = Home.in(userHome);
        Files.createDirectories(home.protocolConfigs());
        systemd = Files.createDirectories(directory.resolve("systemd"));
        Files.createDirectories(directory.resolve("run"));
    }

    private Host host() {
        return new Host(
                home,
                userHome,
                environment,
                systemd,
                directory.resolve("user-units"),
                Files.isDirectory(directory.resolve("run")),
                directory.resolve("rules.d"));
    }

    private List<Finding> examine() {
        return Doctor.examine(host());
    }

    private List<Finding.Wrong> wrong() {
        return examine().stream()
                .filter(Finding.Wrong.class::isInstance)
                .map(Finding.Wrong.class::cast)
                .toList();
    }

    private Path binary(String path) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n");
        file.toFile().setExecutable(true);
        return file;
    }

    /// A unit that is as it should be, linked and listed, but for what is changed in it.
    private void unit(String name, String from, String to) throws IOException {
        binary("op/.lavavisor/bin/lavap");
        Path work = Files.createDirectories(home.services().resolve("data/alice-ETH1"));
        Files.writeString(home.protocolConfigs().resolve("alice-ETH1.yml"), CONSUMER);
        String text =
                "[Service]\nWorkingDirectory="
                        + work
                        + "/\nExecStart="
                        + home.bin()
                        + "/lavap rpcconsumer ../../protocol_yml_configs/alice-ETH1.yml --from"
                        + " alice --chain-id lava --geolocation 1 --keyring-backend test\n"
                        + "RestartSec=5\n";
        assertThat(text).contains(from);
        Path file = home.services().resolve(name);
        Files.writeString(file, text.replace(from, to));
        Files.createSymbolicLink(systemd.resolve(name), file);
        Files.writeString(home.config(), "services: [" + name + "]\n");
    }

    private void unit(String from, String to) throws IOException {
        unit("alice-ETH1.service", from, to);
    }

    private void assertWrong(String text, String next) {
        assertThat(wrong())
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.text()).contains(text);
                    assertThat(found.next()).contains(next);
                });
    }

    @Test
    void nothingIsWrongWithAnEmptyHome() {
        assertThat(wrong()).isEmpty();
        assertThat(examine())
                .extracting(Finding::subject)
                .contains("launcher", "systemd", "config", "link");
    }

    @Test
    void nothingIsWrongWithAGoodUnit() throws IOException {
        unit("", "");
        assertThat(wrong()).isEmpty();
        assertThat(examine())
                .contains(new Finding.Fine("alice-ETH1.service", "the unit is as it should be"));
    }

    @Test
    void aConsumerWithParallelConnections() throws IOException {
        unit("rpcconsumer ", "rpcconsumer ");
        Path file = home.services().resolve("alice-ETH1.service");
        Files.writeString(
                file, Files.readString(file).replace("--from", "--parallel-connections 10 --from"));
        assertWrong(
                "lavap rpcconsumer does not know --parallel-connections",
                "visor create-service consumer "
                        + home.protocolConfigs().resolve("alice-ETH1.yml")
                        + " --from alice --geolocation 1 --chain-id lava --keyring-backend test"
                        + " --create-link");
    }

    /// The command that is told makes the very unit again.
    @Test
    void aProviderOfAnotherHomeThatIsTheUsers() throws IOException {
        home = Home.in(Files.createDirectories(directory.resolve("srv")));
        Files.createDirectories(home.protocolConfigs());
        unit("rpcconsumer ", "rpcprovider --parallel-connections 25 ");
        Path file = home.services().resolve("alice-ETH1.service");
        Path elsewhere = binary("go/lavap").resolveSibling("");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("--parallel-connections 25 ", "")
                        .replace("--from", "--parallel-connections 25 --from")
                        .replace("RestartSec=5", "RestartSec=180")
                        .replace(home.bin().toString(), elsewhere.toString()));
        Path links = Files.createDirectories(directory.resolve("user-units"));
        Files.move(systemd.resolve("alice-ETH1.service"), links.resolve("alice-ETH1.service"));
        assertWrong(
                "RestartSec",
                " --parallel-connections 25 --directory "
                        + directory.resolve("srv")
                        + " --user --create-link");
    }

    @Test
    void aConfigurationThatIsFoundThroughTheHomeOnly() throws IOException {
        unit("../../protocol_yml_configs", ".lavavisor/services/protocol_yml_configs");
        assertWrong("is found only because lavap looks into " + userHome, "create-service");
    }

    @Test
    void aConfigurationThatAnotherFileHides() throws IOException {
        unit("../../protocol_yml_configs/", "");
        Files.writeString(home.services().resolve("data/alice-ETH1/alice-ETH1.yml"), CONSUMER);
        Files.writeString(userHome.resolve("alice-ETH1.yml"), CONSUMER);
        assertWrong("lavap reads " + userHome.resolve("alice-ETH1.yml") + ", not ", "create");
    }

    @Test
    void aConfigurationThatIsAbsoluteOrMissing() throws IOException {
        unit("../../protocol_yml_configs", "/protocol_yml_configs");
        assertWrong("lavap takes no absolute path of a configuration file", "create-service");
        Files.delete(home.services().resolve("alice-ETH1.service"));
        Files.delete(systemd.resolve("alice-ETH1.service"));
        unit("../../protocol_yml_configs", "nowhere");
        assertWrong("is neither in ", "create-service");
    }

    @Test
    void aProgramThatIsRelativeOrMissing() throws IOException {
        unit("ExecStart=" + home.bin() + "/", "ExecStart=go/bin/");
        assertWrong("begins with \"go/bin/lavap\", which is no absolute path", "create-service");
        Files.delete(home.services().resolve("alice-ETH1.service"));
        Files.delete(systemd.resolve("alice-ETH1.service"));
        unit("ExecStart=" + home.bin() + "/", "ExecStart=/nowhere/");
        assertWrong("ExecStart starts /nowhere/lavap, which is not there", "create-service");
    }

    @Test
    void aDirectoryThatIsMissing() throws IOException {
        Files.createDirectories(directory.resolve("x/y"));
        unit("", "");
        Path file = home.services().resolve("alice-ETH1.service");
        Path gone = home.services().resolve("data/gone");
        Files.writeString(
                file, Files.readString(file).replace("data/alice-ETH1/\n", "data/gone/\n"));
        assertWrong("WorkingDirectory " + gone + " is not there", "mkdir -p " + gone);
    }

    @Test
    void aLongDelay() throws IOException {
        unit("RestartSec=5", "RestartSec=180");
        assertWrong("RestartSec keeps it down for 3m whenever it ends", "create-service");
    }

    @Test
    void aNameWithoutAChain() throws IOException {
        unit("alice-.service", "", "");
        assertWrong("its name has no chain in it", "create-service");
    }

    @Test
    void aProviderThatAConsumerHasOverwritten() throws IOException {
        unit("", "");
        Path lost = home.protocolConfigs().resolve("provider-ETH1.yml");
        Files.writeString(lost, PROVIDER);
        assertWrong(
                "it has the name of a provider too, which it has overwritten: no unit reads "
                        + lost,
                "visor create-service provider " + lost);
    }

    @Test
    void aUnitThatIsListedAndNotThere() throws IOException {
        Files.writeString(home.config(), "services: [gone-ETH1.service]\n");
        assertWrong("config.yml names it, but it is neither in ", "take it out of config.yml");
    }

    @Test
    void aUnitThatIsNotListedOrNotLinked() throws IOException {
        unit("", "");
        Files.writeString(home.config(), "");
        assertWrong("config.yml does not name it", "- alice-ETH1.service");
        unlinkAndList();
        assertWrong("systemd does not know it", "systemctl link ");
    }

    private void unlinkAndList() throws IOException {
        Files.delete(systemd.resolve("alice-ETH1.service"));
        Files.writeString(home.config(), "services: [alice-ETH1.service]\n");
    }

    @Test
    void aLinkToAnotherHomesUnitOrToNothing() throws IOException {
        unit("", "");
        unlinkAndList();
        Path other = Files.writeString(directory.resolve("alice-ETH1.service"), "[Service]\n");
        Files.createSymbolicLink(systemd.resolve("alice-ETH1.service"), other);
        assertWrong("not this home's", "--create-link");
        Files.delete(other);
        assertWrong("leads to a file that is not there", "--create-link");
    }

    @Test
    void unitsWithoutSystemd() throws IOException {
        unit("", "");
        Files.delete(directory.resolve("run"));
        assertWrong("systemd does not run this machine", "docs/configuration.md");
    }

    @Test
    void aBadConfiguration() throws IOException {
        Files.writeString(home.config(), "servces: []\n");
        assertWrong("1 problem", "visor config check");
    }

    @Test
    void aLinkOnPathThatLeadsElsewhere() throws IOException {
        binary("op/.lavavisor/bin/lavap");
        Path other = binary("go/bin/lavap");
        environment.put("PATH", directory.resolve("go/bin").toString());
        assertWrong("which is first on PATH, leads to", "visor init --force");
        Files.delete(other);
        Files.createSymbolicLink(other, home.bin().resolve("lavap"));
        assertThat(wrong()).isEmpty();
    }

    @Test
    void anActiveLinkThatDangles() throws IOException {
        Files.createDirectories(home.bin());
        Files.createSymbolicLink(home.bin().resolve("lavap"), Path.of("../upgrades/v1/lavap"));
        assertWrong("leads to a file that is not there", "visor init");
    }

    @Test
    void aVisorWithoutItsRule() throws IOException {
        unit("", "");
        Files.writeString(
                home.services().resolve("visor.service"),
                "[Service]\nExecStart=/opt/visor/bin/visor start\nUser=op\n");
        assertWrong("lets it act on alice-ETH1.service", "install -o root -m 0644 ");
        Files.createDirectories(directory.resolve("rules.d"));
        Files.writeString(directory.resolve("rules.d/50-visor.rules"), "[\"alice-ETH1.service\"]");
        assertThat(wrong()).isEmpty();
    }
}

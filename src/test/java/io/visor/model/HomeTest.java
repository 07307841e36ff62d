package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class HomeTest {

    private final Home home = Home.in(Path.of("/home/alice"));

    @Test
    void isLavaVisorsFolderInADirectory() {
        assertThat(home.root()).isEqualTo(Path.of("/home/alice/.lavavisor"));
        assertThat(home).hasToString("/home/alice/.lavavisor");
        assertThat(Home.in(Path.of("/home/bob/../alice/."))).isEqualTo(home);
    }

    @Test
    void aRelativeDirectoryBecomesAbsoluteAtOnce() {
        assertThat(Home.in(Path.of("x")).root())
                .isEqualTo(Path.of("x/.lavavisor").toAbsolutePath());
        assertThatThrownBy(() -> new Home(Path.of("x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void laysThingsOutAsLavaVisorDoes() {
        assertThat(home.config()).isEqualTo(home.root().resolve("config.yml"));
        assertThat(home.upgrades(Lavap.NAME)).isEqualTo(home.root().resolve("upgrades"));
        assertThat(home.services()).isEqualTo(home.root().resolve("services"));
        assertThat(home.logs()).isEqualTo(home.root().resolve("services/logs"));
        assertThat(home.protocolConfigs())
                .isEqualTo(home.root().resolve("services/protocol_yml_configs"));
    }

    @Test
    void addsWhatIsVisorsOwn() {
        assertThat(home.bin()).isEqualTo(home.root().resolve("bin"));
        assertThat(home.upgrades(new ProgramName("lily")))
                .isEqualTo(home.root().resolve("programs/lily/upgrades"));
        Home.Instance instance = home.instance(new InstanceName("start"));
        assertThat(instance.root()).isEqualTo(home.root().resolve("instances/start"));
        assertThat(instance.lock()).isEqualTo(home.root().resolve("instances/start/lock"));
        assertThat(instance.bin()).isEqualTo(home.root().resolve("instances/start/bin"));
    }
}

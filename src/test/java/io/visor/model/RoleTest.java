package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RoleTest {

    @Test
    void isReadFromTheCommandOfLavap() {
        assertThat(Role.ofCommand(List.of("lavap", "rpcprovider", "x.yml")))
                .isEqualTo(Role.PROVIDER);
        assertThat(Role.ofCommand(List.of("lavap", "rpcconsumer", "--from", "rpcprovider")))
                .isEqualTo(Role.CONSUMER);
        assertThat(Role.ofCommand(List.of("lavap", "start"))).isEqualTo(Role.BOTH);
        assertThat(Role.ofCommand(List.of())).isEqualTo(Role.BOTH);
    }

    @Test
    void twoDifferentRolesAreBoth() {
        for (Role a : Role.values()) {
            for (Role b : Role.values()) {
                assertThat(a.and(b)).isEqualTo(a == b ? a : Role.BOTH).isEqualTo(b.and(a));
            }
        }
    }
}

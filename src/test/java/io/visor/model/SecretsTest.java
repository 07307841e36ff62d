package io.visor.model;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SecretsTest {

    @ParameterizedTest
    @CsvSource({
        "https://alice:pw@node/x, https://***@node/x",
        "https://node/x, https://node/x",
        "rest+https://alice:pw@node, rest+https://***@node",
        "alice:pw@node, ***@node",
        "https://alice:p/w@node, https://***@node",
        "https://alice:p@w@node, https://***@node",
        "node, node",
        "'', ''"
    })
    void hidesWhatStandsBeforeTheHost(String address, String shown) {
        assertThat(Secrets.hideUserInfo(address)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "--db=postgres://u:pw@db/x --v, --db=postgres://***@db/x --v",
        "'http://u:pw@a, http://u:pw@b', 'http://***@a, http://***@b'",
        "http://a/b, http://a/b",
        "alice@example.org, alice@example.org",
        "http://a alice@example.org, http://a alice@example.org"
    })
    void hidesThemInALongerText(String text, String shown) {
        assertThat(Secrets.hideUserInfoWithin(text)).isEqualTo(shown);
    }

    @Property
    void hidesAnyPassword(@ForAll String password) {
        assertThat(Secrets.hideUserInfo("https://alice:" + password + "@node"))
                .isEqualTo("https://***@node");
    }
}

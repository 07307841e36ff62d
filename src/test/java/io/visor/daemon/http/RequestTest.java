package io.visor.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.api.HttpException;
import io.visor.api.HttpReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestTest {

    private static final Routes ROUTES =
            new Routes(
                    List.of(
                            new Route("GET", "/api/v1/services", Access.READ, _ -> {}),
                            new Route("GET", "/api/v1/services/{name}", Access.READ, _ -> {}),
                            new Route(
                                    "POST",
                                    "/api/v1/services/{name}/stop",
                                    Access.CONTROL,
                                    _ -> {})));

    private static Request request(String line, String... fields) {
        String text = line + "\r\n" + String.join("", fields) + "\r\n";
        HttpReader reader = new HttpReader(0);
        assertThat(reader.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))))
                .isTrue();
        return Request.of(reader.head().orElseThrow(), reader.body());
    }

    private static Request get(String target) {
        return request("GET " + target + " HTTP/1.1", "Host: localhost\r\n");
    }

    @Test
    void pathAndQueryAreTakenApart() {
        Request request = get("/api/v1/services/a%40b%C3%A4?waitMs=5&x=%26");
        assertThat(request.segments()).containsExactly("api", "v1", "services", "a@bä");
        assertThat(request.query()).isEqualTo(Map.of("waitMs", "5", "x", "&"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1           | Host: a~Host: b~          | 400",
                "GET / HTTP/1.1           | X: a~                     | 400",
                "GET / HTTP/1.1           | Host: a~Origin: null~     | 403",
                "GET / HTTP/1.1           | Host: a~Expect: 100-continue~ | 417",
                "GET / HTTP/1.0           | Host: a~                  | 505",
                "GET / HTTP/2.0           | Host: a~                  | 505",
                "GET / HTTP/11            | Host: a~                  | 400",
                "GET  / HTTP/1.1          | Host: a~                  | 400",
                "get / HTTP/1.1           | Host: a~                  | 400",
                "GET x HTTP/1.1           | Host: a~                  | 400",
                "GET http://x/ HTTP/1.1   | Host: a~                  | 400",
                "GET /#x HTTP/1.1         | Host: a~                  | 400",
                "GET /%4 HTTP/1.1         | Host: a~                  | 400",
                "GET /%zz HTTP/1.1        | Host: a~                  | 400",
                "GET /%ff HTTP/1.1        | Host: a~                  | 400",
                "GET /?a HTTP/1.1         | Host: a~                  | 400",
                "GET /?a=1&a=2 HTTP/1.1   | Host: a~                  | 400",
            })
    void whatIsNotServedIsRefused(String line, String fields, int status) {
        assertThatThrownBy(() -> request(line, fields.replace("~", "\r\n")))
                .isInstanceOfSatisfying(
                        HttpException.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    @Test
    void aLongTargetIsRefused() {
        assertThatThrownBy(() -> get("/" + "x".repeat(3000)))
                .isInstanceOfSatisfying(
                        HttpException.class, e -> assertThat(e.status()).isEqualTo(414));
    }

    @Property
    void noTargetBreaksIt(@ForAll @StringLength(max = 200) String target) {
        try {
            Request request = get("/" + target.replaceAll("[\\r\\n]", ""));
            Routes.Match unused = ROUTES.find(request);
        } catch (HttpException e) {
            assertThat(e.status()).isBetween(400, 505);
        }
    }

    @Test
    void aRouteIsFoundByMethodAndPath() {
        Routes.Match match = ROUTES.find(get("/api/v1/services/x"));
        assertThat(match.route().template()).isEqualTo("/api/v1/services/{name}");
        assertThat(match.parameters()).isEqualTo(Map.of("name", "x"));
        assertThatThrownBy(() -> ROUTES.find(get("/api/v1/services/x/stop")))
                .isInstanceOfSatisfying(
                        HttpException.class,
                        e -> {
                            assertThat(e.status()).isEqualTo(405);
                            assertThat(e.why()).isEqualTo("GET, where there is POST");
                        });
        for (String path : List.of("/", "/api/v1/services/x/y", "/Api/v1")) {
            assertThatThrownBy(() -> ROUTES.find(get(path)))
                    .isInstanceOfSatisfying(
                            HttpException.class, e -> assertThat(e.status()).isEqualTo(404));
        }
    }
}

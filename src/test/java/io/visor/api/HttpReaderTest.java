package io.visor.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpReaderTest {

    private static final int MAX_BODY = 1000;

    private static boolean take(HttpReader reader, String text) {
        return reader.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Property
    void howItComesInPiecesDoesNotMatter(@ForAll @IntRange(min = 1, max = 80) int piece) {
        String message = "POST / HTTP/1.1\r\nHost: a\r\nX: \t b \r\nContent-Length: 5\r\n\r\nhello";
        HttpReader reader = new HttpReader(MAX_BODY);
        boolean whole = false;
        for (int i = 0; i < message.length(); i += piece) {
            assertThat(whole).isFalse();
            whole = take(reader, message.substring(i, Math.min(message.length(), i + piece)));
        }
        assertThat(whole).isTrue();
        assertThat(reader.body()).asString().isEqualTo("hello");
        HttpHead head = reader.head().orElseThrow();
        assertThat(head.firstLine()).isEqualTo("POST / HTTP/1.1");
        assertThat(head.field("x")).contains("b");
    }

    @Test
    void whatStandsBehindTheMessageIsLeft() {
        ByteBuffer bytes =
                ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\nmore".getBytes(StandardCharsets.US_ASCII));
        assertThat(new HttpReader(MAX_BODY).take(bytes)).isTrue();
        assertThat(bytes.remaining()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | GET / HTTP/1.1~nHost: a~r~n~r~n",
                "400 | GET / HTTP/1.1~rHost: a~r~n~r~n",
                "400 | GET / HTTP/1.1~r~n Host: a~r~n~r~n",
                "400 | GET / HTTP/1.1~r~nHost : a~r~n~r~n",
                "400 | GET / HTTP/1.1~r~n: a~r~n~r~n",
                "400 | GET / HTTP/1.1~r~nno colon~r~n~r~n",
                "400 | GET / HTTP/1.1~r~nHost: a~0b~r~n~r~n",
                "400 | GET /~0 HTTP/1.1~r~nHost: ab~r~n~r~n",
                "400 | POST / HTTP/1.1~r~nContent-Length: -1~r~n~r~n",
                "400 | POST / HTTP/1.1~r~nContent-Length: +1~r~n~r~n",
                "400 | POST / HTTP/1.1~r~nContent-Length: 1, 1~r~n~r~n",
                "400 | POST / HTTP/1.1~r~nContent-Length:~r~n~r~n",
                "400 | POST / HTTP/1.1~r~nContent-Length: 1~r~ncontent-length: 1~r~n~r~n",
                "413 | POST / HTTP/1.1~r~nContent-Length: 1001~r~n~r~n",
                "413 | POST / HTTP/1.1~r~nContent-Length: 99999999999999999999~r~n~r~n",
                "501 | POST / HTTP/1.1~r~nTransfer-Encoding: chunked~r~n~r~n"
            })
    void whatTheStandardForbidsIsRefused(int status, String text) {
        String message = text.replace("~r", "\r").replace("~n", "\n").replace("~0", "\0");
        assertThatThrownBy(() -> take(new HttpReader(MAX_BODY), message))
                .isInstanceOfSatisfying(
                        HttpException.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    @Test
    void aHeadThatDoesNotEndIsRefusedBeforeItIsHeld() {
        HttpReader reader = new HttpReader(MAX_BODY);
        assertThatThrownBy(() -> take(reader, "x".repeat(1 << 20)))
                .isInstanceOfSatisfying(
                        HttpException.class, e -> assertThat(e.status()).isEqualTo(431));
        assertThat(reader.held()).isLessThanOrEqualTo(HttpReader.MAX_HEAD);
        assertThatThrownBy(() ->
                        take(
                                new HttpReader(MAX_BODY),
                                "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(100) + "\r\n"))
                .isInstanceOfSatisfying(
                        HttpException.class, e -> assertThat(e.status()).isEqualTo(431));
    }

    @Test
    void aPromisedBodyTakesNoMemoryUntilItComes() {
        HttpReader reader = new HttpReader(1 << 20);
        assertThat(take(reader, "POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")).isFalse();
        assertThat(reader.held()).isLessThan(1 << 12);
    }

    @Property
    void noBytesBreakIt(@ForAll @Size(max = 4000) byte[] bytes) {
        HttpReader reader = new HttpReader(MAX_BODY);
        try {
            reader.take(ByteBuffer.wrap(bytes));
        } catch (HttpException e) {
            assertThat(e.status()).isBetween(400, 505);
        }
        assertThat(reader.held()).isLessThanOrEqualTo(2 * (HttpReader.MAX_HEAD + MAX_BODY));
    }
}

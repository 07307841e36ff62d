package io.visor.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The first line and the header fields of an HTTP/1.1 message (RFC 9112). What the standard lets a
/// reader forgive is refused: bare line feeds, folded lines, spaces around names, fields in doubt.
///
/// @param firstLine the request line or the status line
/// @param fields the values of each field, by its name in small letters
public record HttpHead(String firstLine, Map<String, List<String>> fields) {

    private static final int MAX_FIELDS = 64;

    /// The characters besides letters and digits that a field's name may have (RFC 9110, 5.6.2).
    private static final String NAME_MARKS = "!#$%&'*+-.^_`|~";

    public HttpHead {
        fields = Map.copyOf(fields);
    }

    /// Reads a head.
    ///
    /// @param bytes up to the empty line, with its line end
    /// @throws HttpException if it is none
    static HttpHead parse(byte[] bytes, int length) {
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        String[] lines = text.split("\r\n", -1);
        Map<String, List<String>> fields = new HashMap<>();
        // The last two are what stands behind the last line, and behind the empty one.
        for (int i = 1; i < lines.length - 2; i++) {
            if (i > MAX_FIELDS) {
                throw new HttpException(431, "more than " + MAX_FIELDS + " header fields");
            }
            int colon = lines[i].indexOf(':');
            if (colon <= 0 || !lines[i].chars().limit(colon).allMatch(HttpHead::isNameCharacter)) {
                throw new HttpException(400, "a header field without a proper name");
            }
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            String value = lines[i].substring(colon + 1);
            if (!value.chars().allMatch(c -> c >= ' ' && c != 0x7f || c == '\t')) {
                throw new HttpException(400, "a control character in a header field");
            }
            fields.computeIfAbsent(name, _ -> new ArrayList<>()).add(value.strip());
        }
        if (!lines[0].chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new HttpException(400, "a first line that is not printable");
        }
        return new HttpHead(lines[0], fields);
    }

    private static boolean isNameCharacter(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || NAME_MARKS.indexOf(c) >= 0;
    }

    public boolean has(String name) {
        return fields.containsKey(name);
    }

    /// The value of a field.
    ///
    /// @param name in small letters
    /// @throws HttpException if the field occurs twice
    public Optional<String> field(String name) {
        List<String> values = fields.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new HttpException(400, "more than one " + name);
        }
        return values.stream().findFirst();
    }

    /// How long the body is; 0 if the head does not say.
    ///
    /// @throws HttpException if it is longer than `most`, or its length cannot be told
    int bodyLength(int most) {
        if (has("transfer-encoding")) {
            throw new HttpException(501, "a transfer encoding, which is not understood here");
        }
        Optional<String> length = field("content-length");
        if (length.isEmpty()) {
            return 0;
        }
        String digits = length.get();
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new HttpException(400, "a content length that is no number");
        }
        if (digits.length() > 9 || Integer.parseInt(digits) > most) {
            throw new HttpException(413, "a body of more than " + most + " bytes");
        }
        return Integer.parseInt(digits);
    }
}

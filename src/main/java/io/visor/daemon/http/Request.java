package io.visor.daemon.http;

import io.visor.api.HttpException;
import io.visor.api.HttpHead;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A request.
///
/// @param method in capitals
/// @param segments the path's segments, decoded
/// @param query the query's parameters, decoded
/// @param body empty if there is none
public record Request(
        String method, List<String> segments, Map<String, String> query, byte[] body) {

    private static final int MAX_TARGET = 2048;
    private static final int MAX_PARAMETERS = 16;
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,16}");
    private static final Pattern VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9]");

    public Request {
        segments = List.copyOf(segments);
        query = Map.copyOf(query);
    }

    /// Reads a request.
    ///
    /// @throws HttpException if it is none that is served here
    public static Request of(HttpHead head, byte[] body) {
        String[] words = head.firstLine().split(" ", -1);
        if (words.length != 3
                || !METHOD.matcher(words[0]).matches()
                || !VERSION.matcher(words[2]).matches()) {
            throw new HttpException(400, "a request line that is none");
        }
        if (!words[2].equals("HTTP/1.1")) {
            throw new HttpException(505, words[2] + ", where only HTTP/1.1 is spoken");
        }
        if (head.field("host").isEmpty()) {
            throw new HttpException(400, "no Host");
        }
        if (head.has("origin")) {
            // A page in somebody's browser sends this; no program does.
            throw new HttpException(403, "an Origin: web pages are not served");
        }
        if (head.has("expect")) {
            throw new HttpException(417, "an expectation; send the body at once");
        }
        String target = words[1];
        if (target.length() > MAX_TARGET) {
            throw new HttpException(414, "a target of more than " + MAX_TARGET + " bytes");
        }
        if (!target.startsWith("/") || target.contains("#")) {
            throw new HttpException(400, "a target that is no path");
        }
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        List<String> segments =
                Arrays.stream(path.substring(1).split("/", -1)).map(Request::decode).toList();
        return new Request(
                words[0],
                segments,
                question < 0 ? Map.of() : query(target.substring(question + 1)),
                body);
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String parameter : text.split("&", -1)) {
            int equals = parameter.indexOf('=');
            if (equals <= 0) {
                throw new HttpException(400, "a query that is not name=value&…");
            }
            String name = decode(parameter.substring(0, equals));
            String value = decode(parameter.substring(equals + 1));
            if (query.put(name, value) != null || query.size() > MAX_PARAMETERS) {
                throw new HttpException(400, "a query parameter twice, or too many of them");
            }
        }
        return query;
    }

    /// Decodes what is written as `%` and two hexadecimal digits (RFC 3986, 2.1).
    private static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                bytes.put((byte) c);
                continue;
            }
            boolean whole = i + 2 < text.length();
            int high = whole ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = whole ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                throw new HttpException(400, "a % without two hexadecimal digits");
            }
            bytes.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new HttpException(400, "a target that is not UTF-8");
        }
    }
}

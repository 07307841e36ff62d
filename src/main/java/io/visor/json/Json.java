package io.visor.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A JSON value (RFC 8259). Reading refuses what is deeper than 64 levels or holds a string longer
/// than 8 MiB, keys that occur twice, and anything behind the value; whoever reads bounds the
/// length of the text.
public sealed interface Json {

    /// An object; the members keep their order.
    ///
    /// @param members by key
    record Obj(Map<String, Json> members) implements Json {
        public Obj {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    /// An array.
    ///
    /// @param items in order
    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }
    }

    /// A string.
    ///
    /// @param text without its quotes
    record Str(String text) implements Json {}

    /// A number.
    ///
    /// @param value exactly as written
    record Num(BigDecimal value) implements Json {}

    /// `true` or `false`.
    ///
    /// @param value which
    record Bool(boolean value) implements Json {}

    /// `null`.
    record Null() implements Json {}

    /// Reads a text.
    ///
    /// @throws JsonException if it is not one JSON value
    static Json parse(String text) {
        try (JsonParser parser = Factory.FACTORY.createParser(text)) {
            return read(parser);
        } catch (IOException | NumberFormatException e) {
            // Jackson lets the latter through for an exponent of more than 32 bits.
            throw new JsonException(firstLine(e));
        }
    }

    /// Reads UTF-8.
    ///
    /// @throws JsonException if it is not one JSON value
    static Json parse(byte[] utf8) {
        String text;
        try {
            // Jackson would take UTF-16 too, and characters in more bytes than they need.
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new JsonException("the text is not UTF-8");
        }
        return parse(text);
    }

    private static Json read(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new JsonException("the text is empty");
        }
        Json value = readValue(parser);
        if (parser.nextToken() != null) {
            throw new JsonException("something stands behind the value");
        }
        return value;
    }

    private static Json readValue(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Json> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    parser.nextToken();
                    members.put(key, readValue(parser));
                }
                yield new Obj(members);
            }
            case START_ARRAY -> {
                List<Json> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(readValue(parser));
                }
                yield new Arr(items);
            }
            case VALUE_STRING -> new Str(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Num(parser.getDecimalValue());
            case VALUE_TRUE -> new Bool(true);
            case VALUE_FALSE -> new Bool(false);
            case VALUE_NULL -> new Null();
            case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new IOException("unexpected " + parser.currentToken());
        };
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /// The text or number behind a path of keys, found without building the rest of a large text.
    /// Nothing behind it is read.
    ///
    /// @return nothing if the path leads nowhere, or to an object, an array or `null`
    /// @throws JsonException if the text in front of the value is no JSON
    static Optional<String> find(String text, String... path) {
        try (JsonParser parser = Factory.FACTORY.createParser(text)) {
            return parser.nextToken() == JsonToken.START_OBJECT
                    ? find(parser, path, 0)
                    : Optional.empty();
        } catch (IOException e) {
            throw new JsonException(firstLine(e));
        }
    }

    private static Optional<String> find(JsonParser parser, String[] path, int depth)
            throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean onPath = parser.currentName().equals(path[depth]);
            JsonToken token = parser.nextToken();
            if (!onPath) {
                parser.skipChildren();
            } else if (depth == path.length - 1) {
                return token.isScalarValue() && token != JsonToken.VALUE_NULL
                        ? Optional.of(parser.getText())
                        : Optional.empty();
            } else {
                return token == JsonToken.START_OBJECT
                        ? find(parser, path, depth + 1)
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /// The value behind a path of keys.
    ///
    /// @return nothing if a key is missing, its value is `null`, or something on the way is no
    ///   object
    default Optional<Json> at(String... path) {
        Json value = this;
        for (String key : path) {
            if (!(value instanceof Obj(Map<String, Json> members)) || !members.containsKey(key)) {
                return Optional.empty();
            }
            value = members.get(key);
        }
        return value instanceof Null ? Optional.empty() : Optional.of(value);
    }

    /// The string behind a path of keys.
    ///
    /// @throws JsonException if there is none
    default String string(String... path) {
        if (at(path).orElse(null) instanceof Str(String text)) {
            return text;
        }
        throw new JsonException("no text at \"" + String.join(".", path) + "\"");
    }

    /// The whole number behind a path of keys, written as a number or, as Cosmos does it, as a
    /// string.
    ///
    /// @throws JsonException if there is none, or it needs more than 64 bits
    default long integer(String... path) {
        try {
            return switch (at(path).orElse(new Null())) {
                case Num(BigDecimal value) -> value.longValueExact();
                case Str(String text) when WholeNumber.FORM.matcher(text).matches() ->
                        Long.parseLong(text);
                case Obj _, Arr _, Str _, Bool _, Null _ ->
                        throw new JsonException(
                                "no whole number at \"" + String.join(".", path) + "\"");
            };
        } catch (ArithmeticException | NumberFormatException e) {
            throw new JsonException(
                    "no whole number of 64 bits at \"" + String.join(".", path) + "\"");
        }
    }

    /// Whether `true` stands behind a path of keys; no value counts as `false`.
    ///
    /// @throws JsonException if something else stands there
    default boolean bool(String... path) {
        return switch (at(path).orElse(new Bool(false))) {
            case Bool(boolean value) -> value;
            case Obj _, Arr _, Str _, Num _, Null _ ->
                    throw new JsonException(
                            "neither true nor false at \"" + String.join(".", path) + "\"");
        };
    }

    /// The items of the array behind a path of keys; none if it is missing.
    ///
    /// @throws JsonException if something else stands there
    default List<Json> items(String... path) {
        return switch (at(path).orElse(new Arr(List.of()))) {
            case Arr(List<Json> items) -> items;
            case Obj _, Str _, Num _, Bool _, Null _ ->
                    throw new JsonException("no list at \"" + String.join(".", path) + "\"");
        };
    }

    /// An object of keys and values in turn. A value is a [Json], a [String], a [Number], a
    /// [Boolean], a list of these, or null (then the key is left out).
    ///
    /// @throws IllegalArgumentException for anything else
    static Obj object(@Nullable Object... keysAndValues) {
        Map<String, Json> members = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            Object value = keysAndValues[i + 1];
            if (value != null) {
                members.put(String.valueOf(keysAndValues[i]), of(value));
            }
        }
        return new Obj(members);
    }

    private static Json of(Object value) {
        return switch (value) {
            case Json json -> json;
            case String text -> new Str(text);
            case Boolean bool -> new Bool(bool);
            case Number number -> new Num(new BigDecimal(number.toString()));
            case List<?> list -> new Arr(list.stream().map(item -> of((Object) item)).toList());
            default -> throw new IllegalArgumentException("no JSON value: " + value.getClass());
        };
    }

    /// The value as text on one line.
    default String write() {
        return write(false);
    }

    /// The value as text over several lines, indented by two spaces.
    default String writePretty() {
        return write(true);
    }

    private String write(boolean pretty) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = Factory.FACTORY.createGenerator(text)) {
            if (pretty) {
                DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
                generator.setPrettyPrinter(
                        new DefaultPrettyPrinter()
                                .withObjectIndenter(indenter)
                                .withArrayIndenter(indenter));
            }
            write(generator, this);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator generator, Json value) throws IOException {
        switch (value) {
            case Obj(Map<String, Json> members) -> {
                generator.writeStartObject();
                for (Map.Entry<String, Json> member : members.entrySet()) {
                    generator.writeFieldName(member.getKey());
                    write(generator, member.getValue());
                }
                generator.writeEndObject();
            }
            case Arr(List<Json> items) -> {
                generator.writeStartArray();
                for (Json item : items) {
                    write(generator, item);
                }
                generator.writeEndArray();
            }
            case Str(String text) -> generator.writeString(text);
            case Num(BigDecimal number) -> generator.writeNumber(number);
            case Bool(boolean bool) -> generator.writeBoolean(bool);
            case Null() -> generator.writeNull();
        }
    }

    /// Holds the form of a whole number in a string; Java's own reading takes a `+` and the digits
    /// of every script too.
    final class WholeNumber {

        private static final Pattern FORM = Pattern.compile("-?[0-9]+");

        private WholeNumber() {}
    }

    /// Holds the factory, so that it is made when the first text is read.
    final class Factory {

        private static final JsonFactory FACTORY =
                JsonFactory.builder()
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxNestingDepth(64)
                                        .maxStringLength(8 << 20)
                                        .maxNumberLength(64)
                                        .build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                        .disable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                        .build();

        private Factory() {}
    }
}

package io.visor.config;

import io.visor.model.Durations;
import io.visor.model.Typos;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// A mapping of the file, read key by key. What is wrong is added to a list of problems, and the
/// key counts as missing; [#close] reports the keys that nobody asked for.
final class Section implements AutoCloseable {

    private final String path;
    private final int line;
    private final List<Problem> problems;
    private final Map<String, NodeTuple> tuples = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final Set<String> later = new HashSet<>();

    Section(String path, Node node, List<Problem> problems) {
        this.path = path;
        this.line = line(node);
        this.problems = problems;
        if (isNull(node)) {
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            problems.add(new Problem(line, path, shown(node) + " is no mapping of keys to values"));
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(new Problem(line(tuple.getKeyNode()), path, "a key is a single word"));
            } else if (tuples.put(key.getValue(), tuple) != null) {
                problems.add(new Problem(line(key), at(key.getValue()), "stands here twice"));
            }
        }
    }

    static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    /// The path of a key.
    String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    int line() {
        return line;
    }

    /// The line of a key; that of the section if the key is missing.
    int line(String key) {
        NodeTuple tuple = tuples.get(key);
        return tuple == null ? line : line(tuple.getKeyNode());
    }

    void problem(String key, String text) {
        problems.add(new Problem(line(key), key.isEmpty() ? path : at(key), text));
    }

    /// The keys, in the file's order, all of which count as known.
    List<String> keys() {
        known.addAll(tuples.keySet());
        return List.copyOf(tuples.keySet());
    }

    boolean has(String key) {
        known.add(key);
        return tuples.containsKey(key);
    }

    /// Reports that a key is missing, or that it is null.
    void require(String key) {
        if (!has(key)) {
            problem("", "has no " + key);
        } else if (node(key).isEmpty()) {
            problem(key, "has no value");
        }
    }

    /// The value of a key; nothing if it is missing or null.
    Optional<Node> node(String key) {
        known.add(key);
        NodeTuple tuple = tuples.get(key);
        return tuple == null || isNull(tuple.getValueNode())
                ? Optional.empty()
                : Optional.of(tuple.getValueNode());
    }

    /// The section behind a key; an empty one if it is missing.
    Section section(String key) {
        return node(key)
                .map(node -> new Section(at(key), node, problems))
                .orElseGet(() -> new Section(at(key), line, problems));
    }

    private Section(String path, int line, List<Problem> problems) {
        this.path = path;
        this.line = line;
        this.problems = problems;
    }

    /// A text.
    Optional<String> text(String key) {
        return node(key).flatMap(node -> text(line(key), at(key), node));
    }

    private Optional<String> text(int where, String at, Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            problems.add(new Problem(where, at, shown(node) + " is no text"));
            return Optional.empty();
        }
        if (scalar.getValue().indexOf('\0') >= 0) {
            // Neither a path nor an argument nor a variable can hold one (execve(2)).
            problems.add(new Problem(where, at, "has a zero byte in it"));
            return Optional.empty();
        }
        return Optional.of(scalar.getValue());
    }

    /// Something that is written as a text.
    ///
    /// @param parse gives the value, or throws IllegalArgumentException that says what is wrong
    <T> Optional<T> parsed(String key, Function<String, T> parse) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse.apply(text.get()));
        } catch (IllegalArgumentException e) {
            problem(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /// A duration from `min` to `max`.
    Optional<Duration> duration(String key, Duration min, Duration max) {
        return parsed(
                key,
                text -> {
                    Duration duration =
                            Durations.parse(text)
                                    .orElseThrow(() ->
                                            new IllegalArgumentException(
                                                    "\""
                                                            + text
                                                            + "\" is no duration; write 30s, 5m,"
                                                            + " 1h30m"));
                    if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
                        throw new IllegalArgumentException(
                                text
                                        + " is not between "
                                        + Durations.exact(min)
                                        + " and "
                                        + Durations.exact(max));
                    }
                    return duration;
                });
    }

    Optional<Boolean> bool(String key) {
        return parsed(
                key,
                text ->
                        switch (text.toLowerCase(Locale.ROOT)) {
                            case "true", "yes", "on" -> true;
                            case "false", "no", "off" -> false;
                            default ->
                                    throw new IllegalArgumentException(
                                            "\"" + text + "\" is neither true nor false");
                        });
    }

    /// One of several words.
    <T> Optional<T> word(String key, Map<String, T> words) {
        return parsed(
                key,
                text -> {
                    T value = words.get(text);
                    if (value == null) {
                        throw new IllegalArgumentException(
                                "\""
                                        + text
                                        + "\" is not known; use "
                                        + String.join(", ", words.keySet()));
                    }
                    return value;
                });
    }

    /// The items of a list; nothing if the key is missing.
    Optional<List<Node>> items(String key) {
        Node node = node(key).orElse(null);
        if (node == null) {
            return Optional.empty();
        }
        if (node instanceof SequenceNode sequence) {
            return Optional.of(sequence.getValue());
        }
        problem(key, shown(node) + " is no list");
        return Optional.empty();
    }

    /// A list of texts.
    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        List<Node> nodes = items(key).orElse(List.of());
        for (int i = 0; i < nodes.size(); i++) {
            text(line(nodes.get(i)), at(key) + "[" + i + "]", nodes.get(i)).ifPresent(texts::add);
        }
        return texts;
    }

    /// Refuses keys that the design knows and this version does not.
    void notYet(String... keys) {
        later.addAll(List.of(keys));
        for (String key : keys) {
            if (has(key)) {
                problem(key, "this version of visor cannot do that yet; leave it out");
            }
        }
    }

    /// The known keys that this version takes.
    private List<String> usable() {
        return known.stream().filter(key -> !later.contains(key)).toList();
    }

    /// Reports the keys that were not asked for.
    @Override
    public void close() {
        for (String key : tuples.keySet()) {
            if (!known.contains(key)) {
                problem(
                        key,
                        "unknown key; "
                                + Typos.nearest(key, known)
                                        .map(k -> "did you mean \"" + k + "\"?")
                                        .orElseGet(() -> "known: " + String.join(", ", usable())));
            }
        }
    }

    static String shown(@Nullable Node node) {
        return switch (node) {
            case ScalarNode scalar -> "\"" + scalar.getValue() + "\"";
            case SequenceNode _ -> "a list";
            case MappingNode _ -> "a mapping";
            case null, default -> "this";
        };
    }
}

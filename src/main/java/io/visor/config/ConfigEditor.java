package io.visor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// Adds services to a configuration file and leaves every other character as it is: comments,
/// order, indentation, line ends. What it has written it reads again before it gives it away.
public final class ConfigEditor {

    private static final String KEY = "services";

    private final YamlFile before;
    private final String lineEnd;

    private ConfigEditor(YamlFile before) {
        this.before = before;
        this.lineEnd = before.text().contains("\r\n") ? "\r\n" : "\n";
    }

    /// Adds an entry that is not there yet.
    ///
    /// @param file the file; one that is not there is as good as an empty one
    /// @return what the file must hold; what it holds already if the entry is there
    /// @throws ConfigException if the file cannot be read, is no YAML, has another service of the
    ///   entry's name, or is written in a way that this class cannot add to
    public static String add(Path file, ServiceEntry entry) {
        YamlFile before =
                YamlFile.read(file).orElseGet(() -> new YamlFile(file, "", Optional.empty()));
        return new ConfigEditor(before).add(entry);
    }

    /// The names of the systemd units in a file, in its order.
    ///
    /// @throws ConfigException if the file cannot be read or is no YAML
    public static List<String> units(Path file) {
        return YamlFile.read(file).map(ConfigEditor::items).orElse(List.of()).stream()
                .flatMap(item -> unit(item).stream())
                .toList();
    }

    private static Optional<String> unit(Node item) {
        return switch (item) {
            case ScalarNode scalar -> Optional.of(scalar.getValue());
            case MappingNode mapping -> value(mapping, "unit");
            default -> Optional.empty();
        };
    }

    private String add(ServiceEntry entry) {
        List<Node> present = items(before);
        for (int i = 0; i < present.size(); i++) {
            if (isEntry(present.get(i), entry)) {
                return before.text();
            }
            refuseNamesake(present.get(i), i, entry);
        }
        String after = insert(entry).orElseThrow(() -> unable(entry));
        if (!isAdded(present, after, entry)) {
            throw unable(entry);
        }
        return after;
    }

    private ConfigException unable(ServiceEntry entry) {
        return new ConfigException(
                before.file(),
                "\"services\" is written in a way that nothing can be added to by itself; add this"
                        + " line to it: - "
                        + entry.yaml());
    }

    private static boolean isEntry(Node item, ServiceEntry entry) {
        return unit(item).filter(entry.unit()::equals).isPresent();
    }

    private static Optional<String> value(MappingNode mapping, String key) {
        return tuple(mapping, key)
                .map(NodeTuple::getValueNode)
                .filter(ScalarNode.class::isInstance)
                .map(node -> ((ScalarNode) node).getValue());
    }

    private static Optional<NodeTuple> tuple(MappingNode mapping, String key) {
        return mapping.getValue().stream()
                .filter(tuple ->
                        tuple.getKeyNode() instanceof ScalarNode name
                                && name.getValue().equals(key))
                .findFirst();
    }

    /// Two services of one name would keep visor from starting.
    private void refuseNamesake(Node item, int index, ServiceEntry entry) {
        String name = entry.unit().replaceFirst("\\.service$", "");
        if (item instanceof MappingNode mapping
                && value(mapping, "name").filter(name::equals).isPresent()) {
            throw new ConfigException(
                    before.file(),
                    List.of(
                            new Problem(
                                    Section.line(item),
                                    KEY + "[" + index + "]",
                                    "a service \""
                                            + name
                                            + "\" is here that is not the unit "
                                            + entry.unit()
                                            + "; take it out, or choose another name")));
        }
    }

    private static List<Node> items(YamlFile file) {
        Node root = file.root().orElse(null);
        if (root == null || Section.isNull(root)) {
            return List.of();
        }
        List<Problem> problems = new ArrayList<>();
        List<Node> items = new Section("", root, problems).items(KEY).orElse(List.of());
        if (!problems.isEmpty()) {
            throw new ConfigException(file.file(), problems);
        }
        return items;
    }

    /// Whether a text is the one before with one more service in it.
    private boolean isAdded(List<Node> present, String after, ServiceEntry entry) {
        YamlFile read;
        try {
            read = YamlFile.parse(before.file(), after);
        } catch (ConfigException e) {
            // The way out is the same as for a place that was not found.
            return false;
        }
        List<Node> items = items(read);
        if (items.size() != present.size() + 1 || !isEntry(items.getLast(), entry)) {
            return false;
        }
        for (int i = 0; i < present.size(); i++) {
            if (!shape(items.get(i)).equals(shape(present.get(i)))) {
                return false;
            }
        }
        return others(read).equals(others(before));
    }

    /// All but the services.
    private static List<String> others(YamlFile file) {
        List<String> shapes = new ArrayList<>();
        if (file.root().orElse(null) instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String key = shape(tuple.getKeyNode());
                if (!key.equals("'" + KEY + "'")) {
                    shapes.add(key + ":" + shape(tuple.getValueNode()));
                }
            }
        }
        return shapes;
    }

    /// A node's content without marks and styles.
    private static String shape(Node node) {
        return switch (node) {
            case ScalarNode scalar ->
                    (Section.isNull(scalar) ? "~" : "") + "'" + scalar.getValue() + "'";
            case SequenceNode list ->
                    list.getValue().stream().map(ConfigEditor::shape).toList() + "";
            case MappingNode mapping ->
                    mapping.getValue().stream()
                                    .map(tuple ->
                                            shape(tuple.getKeyNode())
                                                    + "="
                                                    + shape(tuple.getValueNode()))
                                    .toList()
                            + "";
            default -> node.toString();
        };
    }

    private Optional<String> insert(ServiceEntry entry) {
        Node root = before.root().orElse(null);
        if (root == null || Section.isNull(root)) {
            return Optional.of(atEnd(KEY + ":" + lineEnd + "  - " + entry.yaml() + lineEnd));
        }
        if (!(root instanceof MappingNode mapping)) {
            return Optional.empty();
        }
        Optional<NodeTuple> services = tuple(mapping, KEY);
        if (services.isEmpty()) {
            return newKey(mapping, entry);
        }
        Node key = services.get().getKeyNode();
        return switch (services.get().getValueNode()) {
            case SequenceNode list when list.getFlowStyle() == FlowStyle.FLOW ->
                    Optional.of(intoFlow(list, entry));
            case SequenceNode list when !list.getValue().isEmpty() ->
                    Optional.of(intoBlock(list, entry));
            case ScalarNode empty when Section.isNull(empty) ->
                    Optional.of(inPlaceOf(empty, key, entry));
            default -> Optional.empty();
        };
    }

    /// The text with something behind it, in lines of its own.
    private String atEnd(String more) {
        String text = before.text();
        boolean open = !text.isEmpty() && !text.endsWith("\n");
        return text + (open ? lineEnd : "") + more;
    }

    private Optional<String> newKey(MappingNode root, ServiceEntry entry) {
        if (root.getFlowStyle() == FlowStyle.FLOW) {
            String more = KEY + ": [" + entry.yaml() + "]";
            return Optional.of(intoFlow(root, more));
        }
        // A root that is indented goes on so.
        String indent = " ".repeat(column(root));
        return Optional.of(
                atEnd(indent + KEY + ":" + lineEnd + indent + "  - " + entry.yaml() + lineEnd));
    }

    private String intoFlow(SequenceNode list, ServiceEntry entry) {
        return intoFlow(list, entry.yaml());
    }

    /// Behind the last member, in front of a comment that may follow it.
    private String intoFlow(CollectionNode<?> collection, String more) {
        int end = end(collection);
        int last = lastMember(collection);
        return last < 0
                ? with(offset(collection.getStartMark()) + 1, more)
                : with(Math.min(last, end - 1), ", " + more);
    }

    private String intoBlock(SequenceNode list, ServiceEntry entry) {
        String line = " ".repeat(column(list)) + "- " + entry.yaml();
        int at = lineAfter(lastMember(list));
        boolean open = at == before.text().length() && !before.text().endsWith("\n");
        return with(at, open ? lineEnd + line : line + lineEnd);
    }

    /// Behind the line of a key without a value, or in the place of a value that is null.
    private String inPlaceOf(ScalarNode empty, Node key, ServiceEntry entry) {
        String line = " ".repeat(column(key) + 2) + "- " + entry.yaml();
        String text = before.text();
        if (!empty.getValue().isEmpty()) {
            int start = offset(empty.getStartMark());
            return text.substring(0, start).stripTrailing()
                    + text.substring(start + empty.getValue().length(), lineAfter(start))
                            .stripTrailing()
                    + lineEnd
                    + line
                    + lineEnd
                    + text.substring(lineAfter(start));
        }
        int at = lineAfter(offset(key.getEndMark()));
        boolean open = at == text.length() && !text.endsWith("\n");
        return with(at, open ? lineEnd + line : line + lineEnd);
    }

    private String with(int at, String more) {
        return before.text().substring(0, at) + more + before.text().substring(at);
    }

    /// Where the line after the one of a place begins; the place itself if it begins a line, as the
    /// end of a block scalar does.
    private int lineAfter(int at) {
        String text = before.text();
        if (at > 0 && text.charAt(at - 1) == '\n') {
            return at;
        }
        int newline = text.indexOf('\n', at);
        return newline < 0 ? text.length() : newline + 1;
    }

    /// The end of what stands last in a collection; -1 if nothing does.
    private int lastMember(CollectionNode<?> collection) {
        int last = -1;
        for (Object member : collection.getValue()) {
            last =
                    Math.max(
                            last,
                            member instanceof NodeTuple tuple
                                    ? Math.max(end(tuple.getKeyNode()), end(tuple.getValueNode()))
                                    : end((Node) member));
        }
        return last;
    }

    /// The end of a node's own characters. A block ends for the parser where the next thing begins,
    /// behind the comments between.
    private int end(Node node) {
        if (node instanceof CollectionNode<?> collection
                && collection.getFlowStyle() != FlowStyle.FLOW) {
            return Math.max(offset(node.getStartMark()), lastMember(collection));
        }
        return offset(node.getEndMark());
    }

    private static int column(Node node) {
        return node.getStartMark().getColumn();
    }

    /// A mark counts code points.
    private int offset(Mark mark) {
        return before.text().offsetByCodePoints(0, mark.getIndex());
    }
}

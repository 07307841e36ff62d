package io.visor.config;

import io.visor.model.Backoff;
import io.visor.model.Durations;
import io.visor.model.ExitCondition;
import io.visor.model.OutputPattern;
import io.visor.model.RestartPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/// Reads when a service is started again.
final class RestartReader {

    private static final Duration MAX = Duration.ofDays(30);
    private static final double MAX_FACTOR = 100;

    private static final Map<String, RestartPolicy.Mode> MODES = modes();

    private final List<Problem> problems;

    RestartReader(List<Problem> problems) {
        this.problems = problems;
    }

    private static Map<String, RestartPolicy.Mode> modes() {
        Map<String, RestartPolicy.Mode> modes = new LinkedHashMap<>();
        for (RestartPolicy.Mode mode : RestartPolicy.Mode.values()) {
            modes.put(mode.word(), mode);
        }
        return modes;
    }

    /// Reads `restart:` of a service: a mode, or a mapping.
    RestartPolicy read(Section service) {
        RestartPolicy defaults = RestartPolicy.DEFAULT;
        if (service.node("restart").orElse(null) instanceof ScalarNode) {
            RestartPolicy.Mode mode = service.word("restart", MODES).orElse(defaults.mode());
            return new RestartPolicy(
                    mode, defaults.backoff(), defaults.resetAfter(), defaults.limit());
        }
        try (Section section = service.section("restart")) {
            return new RestartPolicy(
                    section.word("mode", MODES).orElse(defaults.mode()),
                    backoff(section, defaults.backoff()),
                    section.duration("reset-after", Duration.ofSeconds(1), MAX)
                            .orElse(defaults.resetAfter()),
                    section.parsed("limit", RestartReader::limit).orElse(defaults.limit()),
                    codes(section),
                    conditions(section, "never-on"),
                    conditions(section, "retry-on"));
        }
    }

    private static Backoff backoff(Section section, Backoff defaults) {
        Duration first = section.duration("delay", Duration.ZERO, MAX).orElse(defaults.first());
        Duration max = section.duration("max-delay", Duration.ZERO, MAX).orElse(defaults.max());
        if (first.compareTo(max) > 0) {
            if (section.has("max-delay")) {
                section.problem(
                        "max-delay",
                        Durations.exact(max) + " is below delay, " + Durations.exact(first));
            }
            max = first;
        }
        return new Backoff(
                first,
                section.parsed("factor", text -> number(text, 1, MAX_FACTOR))
                        .orElse(defaults.factor()),
                max,
                section.parsed("jitter", text -> number(text, 0, 1)).orElse(defaults.jitter()));
    }

    private static double number(String text, double min, double max) {
        double number = text.matches("\\d{1,6}(\\.\\d{1,6})?") ? Double.parseDouble(text) : -1;
        if (number < min || number > max) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no number from " + plain(min) + " to " + plain(max));
        }
        return number;
    }

    private static String plain(double number) {
        return String.valueOf((long) number);
    }

    private static RestartPolicy.Limit limit(String text) {
        String[] parts = text.split("/", -1);
        Optional<Duration> period =
                parts.length == 2 ? Durations.parse(parts[1]) : Optional.empty();
        if (period.isEmpty() || period.get().isZero() || !parts[0].matches("[1-9]\\d{0,5}")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not of the form count/period, such as 5/10m");
        }
        return new RestartPolicy.Limit(Integer.parseInt(parts[0]), period.get());
    }

    private Set<Integer> codes(Section section) {
        Set<Integer> codes = new LinkedHashSet<>();
        List<Node> nodes = section.items("success-codes").orElse(List.of());
        for (int i = 0; i < nodes.size(); i++) {
            Optional<Integer> code = code(nodes.get(i));
            code.ifPresent(codes::add);
            if (code.isEmpty()) {
                problem(section, "success-codes", i, nodes.get(i), " is no exit code, 0 to 255");
            }
        }
        return codes;
    }

    private List<ExitCondition> conditions(Section section, String key) {
        List<ExitCondition> conditions = new ArrayList<>();
        List<Node> nodes = section.items(key).orElse(List.of());
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            if (node.getTag().equals(Tag.INT)) {
                Optional<Integer> code = code(node);
                code.map(ExitCondition.Code::new).ifPresent(conditions::add);
                if (code.isEmpty()) {
                    problem(section, key, i, node, " is no exit code, 0 to 255");
                }
            } else if (node instanceof ScalarNode scalar) {
                try {
                    conditions.add(new ExitCondition.Output(pattern(scalar.getValue())));
                } catch (IllegalArgumentException e) {
                    problems.add(
                            new Problem(
                                    Section.line(node),
                                    section.at(key) + "[" + i + "]",
                                    String.valueOf(e.getMessage())));
                }
            } else {
                problem(section, key, i, node, " is neither an exit code nor an expression");
            }
        }
        return conditions;
    }

    private static OutputPattern pattern(String text) {
        if (text.isEmpty()) {
            // It would be found in any output, and the service never be started again.
            throw new IllegalArgumentException("is empty");
        }
        return new OutputPattern(text);
    }

    private static Optional<Integer> code(Node node) {
        return node instanceof ScalarNode scalar
                        && scalar.getValue().matches("\\d{1,3}")
                        && Integer.parseInt(scalar.getValue()) <= 255
                ? Optional.of(Integer.parseInt(scalar.getValue()))
                : Optional.empty();
    }

    private void problem(Section section, String key, int index, Node node, String text) {
        problems.add(
                new Problem(
                        Section.line(node),
                        section.at(key) + "[" + index + "]",
                        Section.shown(node) + text));
    }
}

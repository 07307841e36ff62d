package io.visor.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A version of a program: dot-separated numbers, optionally a pre-release tag (`6.2.5`,
/// `0.22.1.1`, `1.24.0-rc1`).
///
/// Order: number by number; where one version is a prefix of the other, the longer one is greater
/// (`0.22.1.1 > 0.22.1`), as LavaVisor has it. With equal numbers a pre-release is less than the
/// release, and pre-release tags order as in Semantic Versioning 2.0.0, section 11. Build metadata
/// (`+…`) is dropped when it is read, as it has no order.
///
/// @param numbers one to eight numbers, each 0 to 999 999 999
/// @param preRelease the identifiers behind the `-`; empty for a release
public record Version(List<Integer> numbers, List<String> preRelease)
        implements Comparable<Version> {

    private static final int MAX_LENGTH = 64;
    private static final int MAX_NUMBERS = 8;
    private static final int MAX_DIGITS = 9;

    public Version {
        numbers = List.copyOf(numbers);
        preRelease = List.copyOf(preRelease);
        if (numbers.isEmpty() || numbers.size() > MAX_NUMBERS) {
            throw new IllegalArgumentException("a version has one to " + MAX_NUMBERS + " numbers");
        }
    }

    /// Reads a version; one `v` in front is ignored.
    ///
    /// @return nothing if the text is no version
    public static Optional<Version> parse(String text) {
        String rest = text.startsWith("v") || text.startsWith("V") ? text.substring(1) : text;
        if (rest.isEmpty() || rest.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        int plus = rest.indexOf('+');
        if (plus >= 0) {
            rest = rest.substring(0, plus);
        }
        int dash = rest.indexOf('-');
        List<String> tags = List.of();
        if (dash >= 0) {
            tags = List.of(rest.substring(dash + 1).split("\\.", -1));
            if (!tags.stream().allMatch(Version::isIdentifier)) {
                return Optional.empty();
            }
            rest = rest.substring(0, dash);
        }
        List<Integer> numbers = new ArrayList<>();
        for (String part : rest.split("\\.", -1)) {
            if (!isNumber(part) || part.length() > MAX_DIGITS || numbers.size() == MAX_NUMBERS) {
                return Optional.empty();
            }
            numbers.add(Integer.parseInt(part));
        }
        return Optional.of(new Version(numbers, tags));
    }

    /// Reads a version that the code itself names.
    ///
    /// @throws IllegalArgumentException if the text is no version
    public static Version of(String text) {
        return parse(text)
                .orElseThrow(() -> new IllegalArgumentException("not a version: " + text));
    }

    /// Whether this is exactly `X.Y.Z`, the only form that the Lava chain accepts (x/protocol,
    /// types/version.go).
    public boolean isThreeNumbers() {
        return numbers.size() == 3 && preRelease.isEmpty();
    }

    public boolean isBelow(Version other) {
        return compareTo(other) < 0;
    }

    public boolean isAbove(Version other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(Version other) {
        int common = Math.min(numbers.size(), other.numbers.size());
        for (int i = 0; i < common; i++) {
            int order = numbers.get(i).compareTo(other.numbers.get(i));
            if (order != 0) {
                return order;
            }
        }
        int order = Integer.compare(numbers.size(), other.numbers.size());
        return order != 0 ? order : comparePreRelease(preRelease, other.preRelease);
    }

    private static int comparePreRelease(List<String> a, List<String> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return Boolean.compare(a.isEmpty(), b.isEmpty());
        }
        int common = Math.min(a.size(), b.size());
        for (int i = 0; i < common; i++) {
            int order = compareIdentifier(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static int compareIdentifier(String a, String b) {
        boolean numberA = isNumber(a);
        boolean numberB = isNumber(b);
        if (numberA && numberB) {
            int order = Integer.compare(a.length(), b.length());
            return order != 0 ? order : a.compareTo(b);
        }
        return numberA == numberB ? a.compareTo(b) : Boolean.compare(numberB, numberA);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c ->
                                c >= '0' && c <= '9'
                                        || c >= 'a' && c <= 'z'
                                        || c >= 'A' && c <= 'Z'
                                        || c == '-');
    }

    /// The version without a `v`.
    @Override
    public String toString() {
        String text = numbers.stream().map(String::valueOf).collect(Collectors.joining("."));
        return preRelease.isEmpty() ? text : text + "-" + String.join(".", preRelease);
    }
}

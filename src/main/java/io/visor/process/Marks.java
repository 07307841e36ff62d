package io.visor.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Finds processes by the mark in their environment. Every child gets one, and whatever descends
/// from it inherits it, so nothing has to be written between the start of a child and the record of
/// it.
public final class Marks {

    /// The variable that holds the mark: `<home>/<instance>/<service>`.
    public static final String VARIABLE = "VISOR_SERVICE";

    private static final Path PROC = Path.of("/proc");
    private static final int MAX_ENVIRONMENT_BYTES = 4 << 20;

    private Marks() {}

    /// The processes whose mark begins with a text, this one left out.
    ///
    /// @return by pid, what stands behind the text
    public static Map<Long, String> find(String prefix) {
        return find(VARIABLE, prefix);
    }

    /// The processes in whose environment the value of a variable begins with a text, this one left
    /// out.
    ///
    /// @return by pid, what stands behind the text
    static Map<Long, String> find(String variable, String prefix) {
        Map<Long, String> found = new LinkedHashMap<>();
        long self = ProcessHandle.current().pid();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(String.valueOf(entry.getFileName()));
                if (pid != self) {
                    value(pid, variable)
                            .filter(mark -> mark.startsWith(prefix))
                            .ifPresent(mark -> found.put(pid, mark.substring(prefix.length())));
                }
            }
        } catch (IOException e) {
            throw new ProcessException("/proc cannot be read: " + e.getMessage(), e);
        }
        return found;
    }

    /// The mark of a living process. One that has ended, or whose environment may not be read, has
    /// none.
    static Optional<String> mark(long pid) {
        return value(pid, VARIABLE);
    }

    private static Optional<String> value(long pid, String variable) {
        byte[] environment;
        try (InputStream in = Files.newInputStream(PROC.resolve(pid + "/environ"))) {
            environment = in.readNBytes(MAX_ENVIRONMENT_BYTES);
        } catch (IOException e) {
            // It has ended meanwhile, or belongs to somebody else and is none of ours.
            return Optional.empty();
        }
        byte[] entry = (variable + "=").getBytes(StandardCharsets.UTF_8);
        return valueStart(environment, entry).map(start -> text(environment, start));
    }

    /// Where the value begins of the entry that begins so.
    private static Optional<Integer> valueStart(byte[] environment, byte[] entry) {
        for (int at = 0; at + entry.length <= environment.length; at++) {
            boolean begins = at == 0 || environment[at - 1] == 0;
            if (begins
                    && Arrays.equals(environment, at, at + entry.length, entry, 0, entry.length)) {
                return Optional.of(at + entry.length);
            }
        }
        return Optional.empty();
    }

    private static String text(byte[] environment, int start) {
        int end = start;
        while (end < environment.length && environment[end] != 0) {
            end++;
        }
        return new String(environment, start, end - start, StandardCharsets.UTF_8);
    }
}

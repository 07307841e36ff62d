package io.visor.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
    public static List<Long> find(String prefix) {
        List<Long> pids = new ArrayList<>();
        long self = ProcessHandle.current().pid();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(String.valueOf(entry.getFileName()));
                if (pid != self && isMarked(pid, prefix)) {
                    pids.add(pid);
                }
            }
        } catch (IOException e) {
            throw new ProcessException("/proc cannot be read: " + e.getMessage(), e);
        }
        return pids;
    }

    /// Whether a living process has a mark that begins with a text. One that has ended, or whose
    /// environment may not be read, has none.
    static boolean isMarked(long pid, String prefix) {
        byte[] wanted = ("\0" + VARIABLE + "=" + prefix).getBytes(StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(PROC.resolve(pid + "/environ"))) {
            byte[] environment = in.readNBytes(MAX_ENVIRONMENT_BYTES);
            return contains(environment, wanted);
        } catch (IOException e) {
            // It has ended meanwhile, or belongs to somebody else and is none of ours.
            return false;
        }
    }

    /// Whether an environment has an entry that begins as wanted; the first entry has no zero byte
    /// before it.
    private static boolean contains(byte[] environment, byte[] wanted) {
        for (int at = -1; at + wanted.length <= environment.length; at++) {
            int i = at < 0 ? 1 : 0;
            while (i < wanted.length && environment[at + i] == wanted[i]) {
                i++;
            }
            if (i == wanted.length) {
                return true;
            }
        }
        return false;
    }
}

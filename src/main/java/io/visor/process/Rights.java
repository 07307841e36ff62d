package io.visor.process;

import io.visor.model.ProcessSpec.Limit;
import io.visor.model.ProcessSpec.LimitValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What the kernel allows this process (capabilities(7)), asked before a child is started: some of
/// the tools go on when they are refused, and the others would say so in the child's log only. What
/// a system does not tell is left to the tools.
final class Rights {

    /// Those of this process.
    static final Rights OWN = new Rights(Path.of("/proc/self"));

    private static final int CAP_SETGID = 6;
    private static final int CAP_SETUID = 7;
    private static final int CAP_SYS_NICE = 23;
    private static final int CAP_SYS_RESOURCE = 24;

    private static final Map<Limit, String> LINES =
            Map.of(
                    Limit.NOFILE, "Max open files",
                    Limit.NPROC, "Max processes",
                    Limit.CORE, "Max core file size",
                    Limit.MEMLOCK, "Max locked memory");

    private final Path proc;

    /// Those of a process.
    ///
    /// @param proc its directory in /proc
    Rights(Path proc) {
        this.proc = proc;
    }

    /// Refuses if no process can be given to another user or group.
    void checkOwner() {
        if (lacks(CAP_SETUID) || lacks(CAP_SETGID)) {
            throw new ProcessException(
                    "only root can give a process to another user or group (capabilities"
                            + " CAP_SETUID and CAP_SETGID); run visor as root, or leave user and"
                            + " group out",
                    null);
        }
    }

    /// Refuses a limit above the hard one that visor was started with.
    void checkLimit(Limit limit, LimitValue value) {
        OptionalLong hard = hard(LINES.getOrDefault(limit, ""));
        boolean above =
                hard.isPresent()
                        && (value.hard() == LimitValue.UNLIMITED
                                || value.hard() > hard.getAsLong());
        if (above && lacks(CAP_SYS_RESOURCE)) {
            throw new ProcessException(
                    "its limit "
                            + limit.word()
                            + ", "
                            + value
                            + ", is above visor's own hard limit, "
                            + hard.getAsLong()
                            + "; lower it, or start visor with a higher one",
                    null);
        }
    }

    /// Refuses an oom-score below visor's own.
    void checkOomScore(int score) {
        int own = read("oom_score_adj").map(text -> Integer.parseInt(text.strip())).orElse(score);
        if (score < own && lacks(CAP_SYS_RESOURCE)) {
            throw new ProcessException(
                    "its oom-score, "
                            + score
                            + ", is below visor's own, "
                            + own
                            + ", which needs CAP_SYS_RESOURCE; raise it, or run visor as root",
                    null);
        }
    }

    /// How far a process must be moved from visor's own niceness.
    int niceSteps(int nice) {
        // The fields behind the name, which may hold blanks and brackets (proc_pid_stat(5)).
        int own =
                read("stat")
                        .map(text -> text.substring(text.lastIndexOf(')') + 2).split(" "))
                        .map(fields -> Integer.parseInt(fields[16]))
                        .orElse(0);
        OptionalLong ceiling = soft("Max nice priority");
        boolean allowed = ceiling.isPresent() && nice >= 20 - ceiling.getAsLong();
        if (nice < own && !allowed && lacks(CAP_SYS_NICE)) {
            throw new ProcessException(
                    "its nice, "
                            + nice
                            + ", is below visor's own, "
                            + own
                            + ", which needs CAP_SYS_NICE; raise it, or run visor as root",
                    null);
        }
        return nice - own;
    }

    private boolean lacks(int capability) {
        return line("status", "CapEff:")
                .map(text -> Long.parseUnsignedLong(text.strip(), 16))
                .filter(held -> (held >> capability & 1) == 0)
                .isPresent();
    }

    /// A hard limit; nothing if there is none.
    private OptionalLong hard(String name) {
        return column(name, 1);
    }

    private OptionalLong soft(String name) {
        return column(name, 0);
    }

    private OptionalLong column(String name, int column) {
        return line("limits", name)
                .map(text -> text.strip().split("\\s+")[column])
                .filter(text -> !text.equals("unlimited"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    /// What stands behind the name of a line.
    private Optional<String> line(String file, String name) {
        List<String> lines = read(file).map(text -> text.lines().toList()).orElse(List.of());
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst();
    }

    private Optional<String> read(String file) {
        try {
            return Optional.of(Files.readString(proc.resolve(file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // No /proc: the tools will find out.
            return Optional.empty();
        }
    }
}

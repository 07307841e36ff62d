package io.visor.process;

import io.visor.model.ProcessSpec;
import io.visor.model.ProcessSpec.Ids;
import io.visor.model.ProcessSpec.Limit;
import io.visor.model.ProcessSpec.LimitValue;
import io.visor.model.ProcessSpec.Login;
import io.visor.model.ProcessSpec.Owner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What posix_spawn cannot tell the kernel of a process, the system's own tools tell it: each sets
/// one thing and replaces itself by the next, the last one by the command, so that the pid stays. A
/// command that asks for nothing has no chain.
///
/// What only root may do comes first; then `setpriv` gives the process to its user, and all that
/// follows runs as that user.
public final class ExecChain {

    private static final List<Path> DIRECTORIES =
            List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/sbin"));

    private static final String UTIL_LINUX = "util-linux";
    private static final String COREUTILS = "coreutils";

    /// Variables by which somebody else's code gets into a program (ld.so(8); the C library ignores
    /// them in set-user-ID programs too). A service may have them, a tool that runs as root not.
    private static final List<String> LOADER_PREFIXES = List.of("LD_", "MALLOC_");

    private static final List<String> LOADER_NAMES =
            List.of("GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH", "NLSPATH");

    private final FileBudget files;
    private final List<Path> directories;
    private final Rights rights;

    ExecChain(FileBudget files) {
        this(files, DIRECTORIES, Rights.OWN);
    }

    /// Makes one.
    ///
    /// @param directories where the tools are looked for
    ExecChain(FileBudget files, List<Path> directories, Rights rights) {
        this.files = files;
        this.directories = List.copyOf(directories);
        this.rights = rights;
    }

    /// A command with what stands before it.
    ///
    /// @param program the path of the first executable
    /// @param arguments its arguments, its own name first
    /// @param environment what it is started with
    /// @param belongsTo the limit that visor's own children would get without it, when it was made
    record Linked(
            String program,
            List<String> arguments,
            Map<String, String> environment,
            Optional<LimitValue> belongsTo) {}

    /// Whether a chain would be made in the same way again.
    boolean isCurrent(Linked linked) {
        return linked.belongsTo.equals(files.original());
    }

    /// Puts the tools that are needed before a command.
    ///
    /// @param program the path of the command's executable
    /// @throws ProcessException if a tool is missing, or visor may not do what is asked for
    Linked link(String program, Launch launch) {
        Optional<LimitValue> original = files.original();
        List<String> chain = tools(launch.process(), original);
        if (chain.isEmpty()) {
            return new Linked(program, launch.command(), launch.environment(), original);
        }
        Map<String, String> environment = new HashMap<>(launch.environment());
        List<String> loader = new ArrayList<>();
        launch.environment()
                .forEach((name, value) -> {
                    if (isForLoader(name)) {
                        environment.remove(name);
                        loader.add(name + "=" + value);
                    }
                });
        if (!loader.isEmpty()) {
            if (program.contains("=")) {
                throw new ProcessException(
                        program + ": env would take it for a variable; give it a path without =",
                        null);
            }
            chain.add(tool("env", COREUTILS, "has variables for the loader"));
            chain.addAll(loader);
        }
        chain.add(program);
        chain.addAll(launch.command().subList(1, launch.command().size()));
        return new Linked(chain.getFirst(), List.copyOf(chain), Map.copyOf(environment), original);
    }

    private static boolean isForLoader(String name) {
        return LOADER_NAMES.contains(name) || LOADER_PREFIXES.stream().anyMatch(name::startsWith);
    }

    private List<String> tools(ProcessSpec spec, Optional<LimitValue> original) {
        List<String> chain = new ArrayList<>();
        Map<Limit, LimitValue> limits = new EnumMap<>(Limit.class);
        original.ifPresent(value -> limits.put(Limit.NOFILE, value));
        limits.putAll(spec.limits());
        if (!limits.isEmpty()) {
            chain.add(tool("prlimit", UTIL_LINUX, "has limits"));
            limits.forEach((limit, value) -> {
                rights.checkLimit(limit, value);
                chain.add("--" + limit.word() + "=" + value);
            });
        }
        Integer score = spec.oomScore();
        if (score != null) {
            rights.checkOomScore(score);
            chain.addAll(
                    List.of(
                            tool("choom", UTIL_LINUX, "has an oom-score"),
                            "-n",
                            score.toString(),
                            "--"));
        }
        Integer nice = spec.nice();
        int steps = nice == null ? 0 : rights.niceSteps(nice);
        if (steps != 0) {
            chain.addAll(List.of(tool("nice", COREUTILS, "has nice"), "-n", String.valueOf(steps)));
        }
        owner(spec.owner(), chain);
        Integer umask = spec.umask();
        if (umask != null) {
            String script = String.format(Locale.ROOT, "umask %03o; exec \"$@\"", umask);
            chain.addAll(List.of(tool("sh", "a POSIX shell", "has a umask"), "-c", script, "sh"));
        }
        return chain;
    }

    private void owner(@Nullable Owner owner, List<String> chain) {
        Ids ids = owner == null ? null : owner.ids();
        if (owner == null || ids == null) {
            return;
        }
        rights.checkOwner();
        chain.add(tool("setpriv", UTIL_LINUX, "has a user or a group"));
        if (ids.uid() != null) {
            chain.add("--reuid=" + ids.uid());
        }
        chain.add("--regid=" + ids.gid());
        chain.add(
                ids.uid() == null
                        ? "--keep-groups"
                        : owner.login() == null ? "--clear-groups" : "--init-groups");
        chain.add("--");
    }

    /// The variables that tell a process whose it is, as systemd sets them for `User=`
    /// (systemd.exec(5)).
    public static Map<String, String> variables(ProcessSpec spec) {
        Login login = spec.owner() == null ? null : spec.owner().login();
        return login == null
                ? Map.of()
                : Map.of(
                        "USER",
                        login.name(),
                        "LOGNAME",
                        login.name(),
                        "HOME",
                        login.home(),
                        "SHELL",
                        login.shell());
    }

    private String tool(String name, String from, String why) {
        return directories.stream()
                .map(directory -> directory.resolve(name))
                .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path))
                .findFirst()
                .orElseThrow(() ->
                        new ProcessException(
                                "it "
                                        + why
                                        + ", and this machine has no "
                                        + name
                                        + " to set that; install "
                                        + from,
                                null))
                .toString();
    }
}

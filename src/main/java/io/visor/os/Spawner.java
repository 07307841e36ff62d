package io.visor.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Starts processes with posix_spawn(3): each leads a session and a process group of its own, with
/// every signal at its default and unblocked, and with the descriptors 0, 1 and 2 only. What the
/// JVM made of its own signals and files does not reach it.
public final class Spawner {

    private static final int ACTIONS_BYTES = 80;
    private static final int ATTRIBUTES_BYTES = 336;
    private static final int SIGNAL_SET_BYTES = 128;

    private static final short SETSIGDEF = 4;
    private static final short SETSIGMASK = 8;
    private static final short SETSID = 0x80;

    private static final MemorySegment SPAWN = Linux.find("posix_spawn");
    private static final MemorySegment ACTIONS_INIT = Linux.find("posix_spawn_file_actions_init");
    private static final MemorySegment ACTIONS_DESTROY =
            Linux.find("posix_spawn_file_actions_destroy");
    private static final MemorySegment ADD_DUP = Linux.find("posix_spawn_file_actions_adddup2");
    private static final MemorySegment ADD_OPEN = Linux.find("posix_spawn_file_actions_addopen");
    private static final MemorySegment ADD_CHDIR =
            Linux.find("posix_spawn_file_actions_addchdir_np");
    private static final MemorySegment ADD_CLOSE_FROM =
            Linux.find("posix_spawn_file_actions_addclosefrom_np");
    private static final MemorySegment ATTRIBUTES_INIT = Linux.find("posix_spawnattr_init");
    private static final MemorySegment SET_FLAGS = Linux.find("posix_spawnattr_setflags");
    private static final MemorySegment SET_MASK = Linux.find("posix_spawnattr_setsigmask");
    private static final MemorySegment SET_DEFAULT = Linux.find("posix_spawnattr_setsigdefault");

    private final MemorySegment attributes;

    /// Makes a spawner.
    ///
    /// @throws OsException if this C library cannot do all that it needs
    public Spawner() {
        Arena arena = Arena.global();
        attributes = arena.allocate(ATTRIBUTES_BYTES, 16);
        MemorySegment none = arena.allocate(SIGNAL_SET_BYTES, 8);
        MemorySegment all = arena.allocate(SIGNAL_SET_BYTES, 8).fill((byte) 0xFF);
        check(Linux.call(ATTRIBUTES_INIT, attributes.address(), 0, 0));
        check(Linux.call(SET_MASK, attributes.address(), none.address(), 0));
        check(Linux.call(SET_DEFAULT, attributes.address(), all.address(), 0));
        check(Linux.call(SET_FLAGS, attributes.address(), SETSID | SETSIGMASK | SETSIGDEF, 0));
    }

    /// All that is needed to start a process but its descriptors, in native memory, so that the
    /// start itself has little to do.
    public static final class Plan {

        private final String program;
        private final Path directory;
        private final MemorySegment nativeProgram;
        private final MemorySegment nativeDirectory;
        private final MemorySegment nothing;
        private final MemorySegment arguments;
        private final MemorySegment environment;

        /// Makes a plan.
        ///
        /// @param program the path of the executable
        /// @param arguments its arguments, its own name first
        /// @param environment its whole environment
        /// @param directory where it works
        public Plan(
                String program,
                List<String> arguments,
                Map<String, String> environment,
                Path directory) {
            Arena arena = Arena.ofAuto();
            this.program = program;
            this.directory = directory;
            this.nativeProgram = arena.allocateFrom(program);
            this.nativeDirectory = arena.allocateFrom(directory.toString());
            this.nothing = arena.allocateFrom("/dev/null");
            this.arguments = strings(arena, arguments);
            this.environment = strings(arena, pairs(environment));
        }

        /// The path of the executable.
        public String program() {
            return program;
        }

        /// Where it works.
        public Path directory() {
            return directory;
        }
    }

    /// Starts a process.
    ///
    /// @param in its standard input; null: nothing to read
    /// @param out its standard output
    /// @param err its standard error
    /// @return the pid
    /// @throws OsException with the error number if it cannot be started
    public long spawn(Plan plan, @Nullable Descriptor in, Descriptor out, Descriptor err) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(ACTIONS_BYTES, 16);
            long at = actions.address();
            check(Linux.call(ACTIONS_INIT, at, 0, 0));
            try {
                if (in == null) {
                    check(
                            Linux.call(
                                    ADD_OPEN, at, 0, plan.nothing.address(), Linux.O_RDONLY, 0, 0));
                } else {
                    check(Linux.call(ADD_DUP, at, in.number(), 0));
                }
                check(Linux.call(ADD_DUP, at, out.number(), 1));
                check(Linux.call(ADD_DUP, at, err.number(), 2));
                check(Linux.call(ADD_CHDIR, at, plan.nativeDirectory.address(), 0));
                check(Linux.call(ADD_CLOSE_FROM, at, 3, 0));
                MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
                check(
                        Linux.call(
                                SPAWN,
                                pid.address(),
                                plan.nativeProgram.address(),
                                at,
                                attributes.address(),
                                plan.arguments.address(),
                                plan.environment.address()));
                // The kernel wakens this thread where the new process runs, and would let it go
                // first: the process would wait for its first instruction until visor has no more
                // to do, even with another processor idle.
                Linux.yieldProcessor();
                return pid.get(ValueLayout.JAVA_INT, 0);
            } finally {
                Linux.Result unused = Linux.call(ACTIONS_DESTROY, at, 0, 0);
            }
        }
    }

    private static List<String> pairs(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }

    /// An array of C strings that ends in a null pointer.
    private static MemorySegment strings(Arena arena, List<String> strings) {
        MemorySegment array = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(strings.get(i)));
        }
        return array;
    }

    /// These functions return the error number itself.
    private static void check(Linux.Result result) {
        if (result.value() != 0) {
            throw new OsException("posix_spawn", result.value());
        }
    }
}

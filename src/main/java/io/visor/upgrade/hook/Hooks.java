package io.visor.upgrade.hook;

import io.visor.model.ExitStatus;
import io.visor.model.Hook;
import io.visor.model.Hook.Point;
import io.visor.model.ProgramName;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.process.CommandRunner;
import io.visor.process.ProcessException;
import io.visor.time.Clock;
import io.visor.upgrade.Move;
import io.visor.upgrade.hook.HookResult.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Runs the hooks of one program. Every method may take as long as a hook does; for tasks.
///
/// | exit code | of a hook | of the program's own `pre-upgrade` |
/// |---|---|---|
/// | 0 | goes on | goes on |
/// | 1 | failed | goes on: the program has no such command |
/// | 21 | not now: tried again after a minute | the same |
/// | 30 | failed | failed |
/// | 31 | run again, `retries` times; then failed | the same |
/// | any other, a signal, the time limit | failed | failed |
///
/// 1, 30 and 31 are those of cosmovisor's pre-upgrade (Cosmos SDK, tools/cosmovisor), 21 is that of
/// Mender's state scripts.
public final class Hooks {

    private static final int NO_SUCH_COMMAND = 1;
    private static final int NOT_NOW = 21;
    private static final int AGAIN = 31;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MAX_OUTPUT = 10 << 10;

    private final ProgramName program;
    private final String binary;
    private final UpgradePolicy policy;
    private final Function<Version, Path> binaries;
    private final Runner runner;

    /// What runs hooks.
    ///
    /// @param commands runs them
    /// @param clock pauses between attempts
    /// @param environment visor's own
    /// @param home visor's home
    /// @param instance the instance's name
    public record Runner(
            CommandRunner commands,
            Clock clock,
            Map<String, String> environment,
            Path home,
            String instance) {
        public Runner {
            environment = Map.copyOf(environment);
        }
    }

    /// Knows the hooks of a program.
    ///
    /// @param binary the file name of the program's binary: a hook whose first word it is runs the
    ///   new one
    /// @param binaries where the binary of a version is
    public Hooks(
            ProgramName program,
            String binary,
            UpgradePolicy policy,
            Function<Version, Path> binaries,
            Runner runner) {
        this.program = program;
        this.binary = binary;
        this.policy = policy;
        this.binaries = binaries;
        this.runner = runner;
    }

    /// Whether there is a hook.
    public boolean has(Point point) {
        return policy.hooks().containsKey(point);
    }

    /// Whether there is a command that a staged release must pass.
    public boolean hasCheck() {
        return policy.check() != null;
    }

    /// Runs a hook, if there is one.
    ///
    /// @param height the chain's height, 0 if it is not known
    /// @param why what failed; empty if nothing did
    /// @return nothing if there is none
    public Optional<HookResult> run(Point point, Move move, long height, String why)
            throws InterruptedException {
        Hook hook = policy.hooks().get(point);
        return hook == null
                ? Optional.empty()
                : Optional.of(run(point, hook, point.word(), move, height, why));
    }

    /// Runs the command that a staged release must pass, if there is one.
    ///
    /// @return why it did not pass; nothing if it did, or there is none
    public Optional<String> check(Move move, long height) throws InterruptedException {
        Hook check = policy.check();
        if (check == null) {
            return Optional.empty();
        }
        HookResult result = run(Point.PRE_UPGRADE, check, "check", move, height, "");
        return result.verdict() == Verdict.GO
                ? Optional.empty()
                : Optional.of(result.why() + quoted(result.output()));
    }

    private static String quoted(String output) {
        String last = output.strip().lines().reduce((_, line) -> line).orElse("").strip();
        return last.isEmpty() ? "" : ": \"" + last + "\"";
    }

    private HookResult run(Point point, Hook hook, String name, Move move, long height, String why)
            throws InterruptedException {
        List<String> command = command(hook, move, height);
        Map<String, String> environment = environment(name, move, height, why);
        for (int attempt = 0; ; attempt++) {
            HookResult result = run(point, hook, name, command, environment);
            if (result.code() != AGAIN || attempt >= hook.retries()) {
                return result;
            }
            runner.clock().sleep(PAUSE);
        }
    }

    private boolean isOwn(Hook hook) {
        return hook.command().getFirst().equals(binary);
    }

    /// The command with the version and the height behind it, as cosmovisor gives them.
    private List<String> command(Hook hook, Move move, long height) {
        List<String> command = new ArrayList<>(hook.command());
        if (isOwn(hook)) {
            command.set(0, binaries.apply(move.to()).toString());
        } else {
            command.add(move.to().toString());
            command.add(String.valueOf(height));
        }
        return command;
    }

    private Map<String, String> environment(String name, Move move, long height, String why) {
        Map<String, String> variables = new HashMap<>(runner.environment());
        Version from = move.from();
        variables.put("VISOR_HOOK", name);
        variables.put("VISOR_DIRECTORY", String.valueOf(runner.home().getParent()));
        variables.put("VISOR_INSTANCE", runner.instance());
        variables.put("VISOR_UPGRADE_PROGRAM", program.text());
        variables.put("VISOR_UPGRADE_FROM", from == null ? "" : from.toString());
        variables.put("VISOR_UPGRADE_TO", move.to().toString());
        variables.put("VISOR_UPGRADE_URGENCY", move.urgency().name().toLowerCase(Locale.ROOT));
        variables.put("VISOR_UPGRADE_ATTEMPT", String.valueOf(move.attempt()));
        variables.put("VISOR_UPGRADE_HEIGHT", String.valueOf(height));
        variables.put("VISOR_UPGRADE_BINARY", binaries.apply(move.to()).toString());
        variables.put(
                "VISOR_UPGRADE_OLD_BINARY", from == null ? "" : binaries.apply(from).toString());
        variables.put("VISOR_UPGRADE_WHY", why);
        return variables;
    }

    private HookResult run(
            Point point,
            Hook hook,
            String name,
            List<String> command,
            Map<String, String> environment)
            throws InterruptedException {
        CommandRunner.Result result;
        try {
            result =
                    runner.commands()
                            .run(
                                    command,
                                    environment,
                                    hook.workingDirectory(),
                                    hook.timeout(),
                                    MAX_OUTPUT);
        } catch (ProcessException e) {
            return new HookResult(point, Verdict.FAILED, -1, "", name + ": " + e.why());
        }
        String output = result.output() + result.errors();
        int code = result.status().shellCode();
        return new HookResult(
                point,
                verdict(code, isOwn(hook)),
                code,
                output.length() > MAX_OUTPUT ? output.substring(0, MAX_OUTPUT) : output,
                verdict(code, isOwn(hook)) == Verdict.GO ? "" : why(name, result.status()));
    }

    /// What follows from an exit code.
    ///
    /// @param own whether the command is the program's own
    static Verdict verdict(int code, boolean own) {
        return switch (code) {
            case 0 -> Verdict.GO;
            case NO_SUCH_COMMAND -> own ? Verdict.GO : Verdict.FAILED;
            case NOT_NOW -> Verdict.NOT_NOW;
            default -> Verdict.FAILED;
        };
    }

    private static String why(String name, ExitStatus status) {
        return status.shellCode() == NOT_NOW
                ? name + " says not now"
                : name + " ended with " + status;
    }
}

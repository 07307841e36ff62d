package io.visor.upgrade.hook;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.AdmissionPolicy;
import io.visor.model.Hook;
import io.visor.model.Hook.Point;
import io.visor.model.Lavap;
import io.visor.model.RollbackPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.Version;
import io.visor.process.ChildTable;
import io.visor.process.ShortCommand;
import io.visor.time.SystemScheduler;
import io.visor.upgrade.Move;
import io.visor.upgrade.Move.Urgency;
import io.visor.upgrade.hook.HookResult.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds the reference of hooks in docs/upgrades.md to what hooks are given and what follows from
/// their exit codes.
final class HookReferenceTest {

    private static final Path PAGE = Path.of("docs/upgrades.md");
    private static final Move MOVE =
            new Move(Version.of("1.0.0"), Version.of("1.1.0"), Urgency.RECOMMENDED);

    @TempDir private Path directory;

    /// The rows of the table in the section of hooks whose head begins with some cell.
    private static List<List<String>> table(String head) throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("\n## Hooks\n"), page.indexOf("\n## Backups"));
        Matcher table =
                Pattern.compile("\\| " + head + " \\|[^\n]*\n\\|[-|]+\n((\\|[^\n]*\n)+)")
                        .matcher(section);
        assertThat(table.find()).as(head).isTrue();
        return table.group(1)
                .lines()
                .map(line -> Arrays.stream(line.split("\\|")).skip(1).map(String::strip).toList())
                .toList();
    }

    private static List<String> names(String head) throws IOException {
        return table(head).stream().map(row -> row.getFirst().replace("`", "")).toList();
    }

    @Test
    void everyVariableThatAHookIsGivenStandsThere() throws Exception {
        Hook hook =
                new Hook(
                        List.of("/bin/sh", "-c", "echo \"ARGV $*\"; env", "hook"),
                        directory,
                        Duration.ofSeconds(20),
                        0);
        UpgradePolicy policy =
                new UpgradePolicy(
                        UpgradePolicy.Auto.TRUE,
                        Duration.ZERO,
                        Duration.ZERO,
                        RollbackPolicy.AUTO,
                        AdmissionPolicy.DEFAULT,
                        Map.of(Point.PRE_UPGRADE, hook),
                        null,
                        null);
        SystemScheduler scheduler =
                new SystemScheduler((name, failure) -> {
                    throw new AssertionError(name, failure);
                });
        Hooks hooks =
                new Hooks(
                        Lavap.NAME,
                        Lavap.BINARY,
                        policy,
                        version -> directory.resolve("v" + version),
                        new Hooks.Runner(
                                new ShortCommand(new ChildTable()),
                                scheduler.clock(),
                                Map.of("PATH", "/usr/bin:/bin"),
                                directory.resolve(".lavavisor"),
                                "start"));
        String output = hooks.run(Point.PRE_UPGRADE, MOVE, 42, "").orElseThrow().output();
        List<String> given = new ArrayList<>();
        output.lines()
                .filter(line -> line.startsWith("VISOR_"))
                // A mark of each short command's, which says nothing: docs/supervision.md.
                .filter(line -> !line.startsWith("VISOR_COMMAND="))
                .forEach(line -> given.add(line.substring(0, line.indexOf('='))));
        assertThat(names("variable")).containsExactlyInAnyOrderElementsOf(given);
        assertThat(output).contains("ARGV 1.1.0 42\n");
    }

    @Test
    void everyPointStandsThere() throws Exception {
        assertThat(names("hook"))
                .containsExactlyElementsOf(Arrays.stream(Point.values()).map(Point::word).toList());
    }

    @Test
    void whatFollowsFromAnExitCodeIsAsItStandsThere() throws Exception {
        for (List<String> row : table("exit code")) {
            int code = row.getFirst().equals("any other") ? 77 : Integer.parseInt(row.getFirst());
            assertThat(word(row.get(1))).as(row.getFirst()).isEqualTo(Hooks.verdict(code, false));
            assertThat(word(row.get(2))).as(row.getFirst()).isEqualTo(Hooks.verdict(code, true));
        }
        assertThat(names("exit code")).contains("0", "1", "21", "30", "31");
    }

    private static Verdict word(String cell) {
        if (cell.startsWith("goes on")) {
            return Verdict.GO;
        }
        return cell.startsWith("not now") ? Verdict.NOT_NOW : Verdict.FAILED;
    }
}

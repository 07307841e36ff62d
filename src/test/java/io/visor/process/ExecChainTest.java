package io.visor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.model.ProcessSpec;
import io.visor.model.ProcessSpec.Ids;
import io.visor.model.ProcessSpec.Limit;
import io.visor.model.ProcessSpec.LimitValue;
import io.visor.model.ProcessSpec.Login;
import io.visor.model.ProcessSpec.Owner;
import io.visor.model.ServiceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExecChainTest {

    private static final Login ALICE = new Login("alice", "/home/alice", "/bin/bash");
    private static final Owner OWNER = new Owner("alice", null, new Ids(1000L, 1001), ALICE);

    @TempDir private Path tools;
    @TempDir private Path proc;

    @BeforeEach
    void makeMachine() throws IOException {
        for (String name : List.of("prlimit", "choom", "nice", "setpriv", "sh", "env")) {
            Files.writeString(tools.resolve(name), "");
            assertThat(tools.resolve(name).toFile().setExecutable(true)).isTrue();
        }
        may("000001ffffffffff");
        Files.writeString(proc.resolve("oom_score_adj"), "100\n");
        Files.writeString(
                proc.resolve("stat"),
                "1 (a ) b) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 3 1 0 100 1000 10\n");
        Files.writeString(
                proc.resolve("limits"),
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max core file size        0                    unlimited            bytes
                Max processes             100                  200                  processes
                Max open files            1024                 4096                 files
                Max locked memory         8192                 8192                 bytes
                Max nice priority         25                   25
                """);
    }

    private void may(String capabilities) throws IOException {
        Files.writeString(proc.resolve("status"), "Name:\tjava\nCapEff:\t" + capabilities + "\n");
    }

    private ExecChain chain() {
        return new ExecChain(
                new FileBudget(), List.of(tools.resolve("none"), tools), new Rights(proc));
    }

    private ExecChain.Linked link(ProcessSpec spec, Map<String, String> environment) {
        return chain().link(
                        "/opt/x",
                        new Launch(
                                List.of("x", "-a", "b c"),
                                environment,
                                Path.of("/"),
                                null,
                                new ServiceSpec.PassThrough(),
                                spec,
                                "x",
                                Launch.TAIL_BYTES));
    }

    /// The chain, with the tools by their names.
    private List<String> words(ProcessSpec spec) {
        ExecChain.Linked linked = link(spec, Map.of("A", "1"));
        assertThat(linked.environment()).isEqualTo(Map.of("A", "1"));
        return names(linked);
    }

    private List<String> names(ExecChain.Linked linked) {
        String prefix = tools + "/";
        return linked.arguments().stream()
                .map(word -> word.startsWith(prefix) ? word.substring(prefix.length()) : word)
                .toList();
    }

    private static ProcessSpec limited(Limit limit, long soft, long hard) {
        return new ProcessSpec(null, null, null, null, Map.of(limit, new LimitValue(soft, hard)));
    }

    private static ProcessSpec with(
            @Nullable Integer umask,
            @Nullable Owner owner,
            @Nullable Integer nice,
            @Nullable Integer oomScore) {
        return new ProcessSpec(umask, owner, nice, oomScore, Map.of());
    }

    @Test
    void nothingStandsBeforeACommandThatAsksForNothing() {
        ExecChain.Linked linked = link(ProcessSpec.INHERITED, Map.of("LD_PRELOAD", "/x.so"));
        assertThat(linked.program()).isEqualTo("/opt/x");
        assertThat(linked.arguments()).containsExactly("x", "-a", "b c");
        assertThat(linked.environment()).isEqualTo(Map.of("LD_PRELOAD", "/x.so"));
        assertThat(chain().isCurrent(linked)).isTrue();
    }

    @Test
    void whatNeedsRootStandsBeforeTheUserAndTheRestBehind() {
        Map<Limit, LimitValue> limits = new EnumMap<>(Limit.class);
        limits.put(Limit.CORE, new LimitValue(0, LimitValue.UNLIMITED));
        limits.put(Limit.NOFILE, new LimitValue(65536, 65536));
        assertThat(words(new ProcessSpec(027, OWNER, 10, -500, limits)))
                .containsExactly(
                        "prlimit",
                        "--nofile=65536",
                        "--core=0:unlimited",
                        "choom",
                        "-n",
                        "-500",
                        "--",
                        "nice",
                        "-n",
                        "7",
                        "setpriv",
                        "--reuid=1000",
                        "--regid=1001",
                        "--init-groups",
                        "--",
                        "sh",
                        "-c",
                        "umask 027; exec \"$@\"",
                        "sh",
                        "/opt/x",
                        "-a",
                        "b c");
    }

    @Test
    void onlyTheLinksThatAreNeededStandThere() {
        assertThat(words(with(0, null, null, null)))
                .containsExactly("sh", "-c", "umask 000; exec \"$@\"", "sh", "/opt/x", "-a", "b c");
        assertThat(words(with(null, null, 3, null)))
                .as("visor's own niceness")
                .containsExactly("x", "-a", "b c");
        assertThat(words(with(null, new Owner("alice", null, null, ALICE), null, null)))
                .as("visor's own user")
                .containsExactly("x", "-a", "b c");
    }

    @Test
    void aUserWithoutAnEntryHasNoOtherGroupsAndAGroupAloneKeepsThem() {
        assertThat(words(with(null, new Owner("77", "78", new Ids(77L, 78), null), null, null)))
                .startsWith("setpriv", "--reuid=77", "--regid=78", "--clear-groups", "--");
        assertThat(words(with(null, new Owner(null, "50", new Ids(null, 50), null), null, null)))
                .startsWith("setpriv", "--regid=50", "--keep-groups", "--");
    }

    /// What the service's user writes into its environment must not run as root.
    @Test
    void variablesForTheLoaderAreSetBehindTheUser() {
        ExecChain.Linked linked =
                link(
                        with(null, OWNER, null, null),
                        Map.of("LD_PRELOAD", "/home/alice/x.so", "GCONV_PATH", "y", "LDX", "z"));
        assertThat(linked.environment()).isEqualTo(Map.of("LDX", "z"));
        List<String> words = names(linked);
        int env = words.indexOf("env");
        assertThat(env).isGreaterThan(words.indexOf("--init-groups"));
        assertThat(words.subList(env + 1, env + 3))
                .containsExactlyInAnyOrder("LD_PRELOAD=/home/alice/x.so", "GCONV_PATH=y");
        assertThat(words.subList(env + 3, words.size())).containsExactly("/opt/x", "-a", "b c");
    }

    @Test
    void aProgramThatLooksLikeAVariableIsRefusedWhereEnvWouldTakeItForOne() {
        Launch launch =
                new Launch(
                        List.of("/a=b"),
                        Map.of("LD_PRELOAD", "x"),
                        Path.of("/"),
                        null,
                        new ServiceSpec.PassThrough(),
                        with(0, null, null, null),
                        "x",
                        Launch.TAIL_BYTES);
        assertThatThrownBy(() -> chain().link("/a=b", launch))
                .hasMessage("/a=b: env would take it for a variable; give it a path without =");
    }

    @ParameterizedTest
    @CsvSource({"prlimit,has limits,util-linux", "sh,has a umask,a POSIX shell"})
    void aMissingToolIsNamedWithItsPackage(String tool, String why, String from)
            throws IOException {
        Files.delete(tools.resolve(tool));
        ProcessSpec spec =
                tool.equals("sh") ? with(0, null, null, null) : limited(Limit.CORE, 0, 0);
        assertThatThrownBy(() -> link(spec, Map.of()))
                .isInstanceOf(ProcessException.class)
                .hasMessage(
                        "it "
                                + why
                                + ", and this machine has no "
                                + tool
                                + " to set that; install "
                                + from);
    }

    private void refuses(ProcessSpec spec, String why) {
        assertThatThrownBy(() -> link(spec, Map.of()))
                .isInstanceOf(ProcessException.class)
                .hasMessageContaining(why);
    }

    @Test
    void whatVisorMayNotDoIsRefused() throws IOException {
        may("0000000000000000");
        refuses(with(null, OWNER, null, null), "run visor as root");
        refuses(
                limited(Limit.NOFILE, 100, 4097),
                "its limit nofile, 100:4097, is above visor's own hard limit, 4096; lower it, or"
                        + " start visor with a higher one");
        refuses(
                limited(Limit.MEMLOCK, LimitValue.UNLIMITED, LimitValue.UNLIMITED),
                "its limit memlock, unlimited, is above");
        refuses(with(null, null, null, 99), "its oom-score, 99, is below visor's own, 100");
        refuses(with(null, null, -6, null), "its nice, -6, is below visor's own, 3");
        assertThat(words(limited(Limit.NOFILE, 100, 4096))).contains("--nofile=100:4096");
        assertThat(words(limited(Limit.CORE, LimitValue.UNLIMITED, LimitValue.UNLIMITED)))
                .contains("--core=unlimited");
        assertThat(words(with(null, null, -5, 100)))
                .as("RLIMIT_NICE allows it")
                .contains("100", "-8");
    }

    @Test
    void whatTheSystemDoesNotTellIsLeftToTheTools() throws IOException {
        for (String file : List.of("status", "limits", "stat", "oom_score_adj")) {
            Files.delete(proc.resolve(file));
        }
        assertThat(words(with(null, OWNER, -5, -5))).contains("-5", "--reuid=1000");
    }

    @Test
    void aUserBringsTheVariablesThatSystemdSets() {
        assertThat(ExecChain.variables(with(null, OWNER, null, null)))
                .isEqualTo(
                        Map.of(
                                "USER",
                                "alice",
                                "LOGNAME",
                                "alice",
                                "HOME",
                                "/home/alice",
                                "SHELL",
                                "/bin/bash"));
        assertThat(ExecChain.variables(ProcessSpec.INHERITED)).isEmpty();
    }
}

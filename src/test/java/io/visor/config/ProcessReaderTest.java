package io.visor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.ProcessSpec;
import io.visor.model.ProcessSpec.Ids;
import io.visor.model.ProcessSpec.Limit;
import io.visor.model.ProcessSpec.LimitValue;
import io.visor.model.ProcessSpec.Login;
import io.visor.model.ProcessSpec.Owner;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

final class ProcessReaderTest {

    private static final Login ALICE = new Login("alice", "/home/alice", "/bin/bash");

    private final List<Problem> problems = new ArrayList<>();
    private Path passwd;
    private Path group;
    private Path status;

    @BeforeEach
    void makeUsers(@TempDir Path directory) throws IOException {
        passwd = directory.resolve("passwd");
        group = directory.resolve("group");
        status = directory.resolve("status");
        Files.writeString(
                passwd,
                """
                root:x:0:0:root:/root:/bin/bash
                # a comment
                broken:x
                alice:x:1000:1001:Alice,,,:/home/alice:/bin/bash
                odd:x:4294967295:1::/:/bin/sh
                """);
        Files.writeString(group, "root:x:0:\nstaff:x:50:alice\nbroken\n");
        belongTo(0, 0);
    }

    private void belongTo(long uid, long gid) throws IOException {
        Files.writeString(
                status, "Name:\tjava\nUid:\t7\t" + uid + "\t7\t7\nGid:\t7\t" + gid + "\t7\t7\n");
    }

    private ProcessSpec read(String text) {
        problems.clear();
        Section section =
                new Section(
                        "services[0]",
                        Objects.requireNonNull(new Yaml().compose(new StringReader(text))),
                        problems);
        ProcessSpec spec = new ProcessReader(new SystemUsers(passwd, group, status)).read(section);
        section.close();
        return spec;
    }

    private List<String> problems(String text) {
        ProcessSpec unused = read(text);
        return problems.stream()
                .map(problem -> problem.line() + " " + problem.key() + ": " + problem.text())
                .toList();
    }

    @Test
    void nothingIsAsVisorsOwn() {
        assertThat(read("{}")).isEqualTo(ProcessSpec.INHERITED);
        assertThat(problems).isEmpty();
    }

    @Test
    void readsEveryKey() {
        ProcessSpec spec =
                read(
                        """
                        user: alice
                        group: staff
                        umask: 027
                        nice: -5
                        oom-score: -500
                        limits: {nofile: 65536, nproc: 4096:8192, core: 0, memlock: unlimited}
                        """);
        assertThat(problems).isEmpty();
        assertThat(spec)
                .isEqualTo(
                        new ProcessSpec(
                                027,
                                new Owner("alice", "staff", new Ids(1000L, 50), ALICE),
                                -5,
                                -500,
                                Map.of(
                                        Limit.NOFILE,
                                        new LimitValue(65536, 65536),
                                        Limit.NPROC,
                                        new LimitValue(4096, 8192),
                                        Limit.CORE,
                                        new LimitValue(0, 0),
                                        Limit.MEMLOCK,
                                        new LimitValue(
                                                LimitValue.UNLIMITED, LimitValue.UNLIMITED))));
    }

    @Test
    void aUserBringsItsGroup() {
        assertThat(read("user: alice").owner())
                .isEqualTo(new Owner("alice", null, new Ids(1000L, 1001), ALICE));
        assertThat(read("user: 1000").owner())
                .isEqualTo(new Owner("1000", null, new Ids(1000L, 1001), ALICE));
        assertThat(read("group: staff").owner())
                .isEqualTo(new Owner(null, "staff", new Ids(null, 50), null));
        assertThat(read("{user: 77, group: 78}").owner())
                .isEqualTo(new Owner("77", "78", new Ids(77L, 78), null));
        assertThat(problems).isEmpty();
    }

    @Test
    void whoIsNotRootMayNameItselfOnly() throws IOException {
        belongTo(1000, 1001);
        assertThat(read("user: alice").owner()).isEqualTo(new Owner("alice", null, null, ALICE));
        assertThat(problems).isEmpty();
        assertThat(problems("{user: root, group: 1001}"))
                .containsExactly(
                        "1 services[0].user: only root can start a process of another user; run"
                                + " visor as root, or leave user out");
        assertThat(problems("group: staff"))
                .containsExactly(
                        "1 services[0].group: only root can start a process of another group; run"
                                + " visor as root, or leave group out");
        assertThat(problems("user: root")).hasSize(2);
    }

    @Test
    void whereTheSystemTellsNothingTheToolsFindOut() throws IOException {
        Files.delete(status);
        assertThat(read("user: alice").owner())
                .isEqualTo(new Owner("alice", null, new Ids(1000L, 1001), ALICE));
        Files.delete(passwd);
        Files.delete(group);
        assertThat(problems("user: alice")).hasSize(1);
        assertThat(read("{user: 1, group: 2}").owner())
                .isEqualTo(new Owner("1", "2", new Ids(1L, 2), null));
    }

    @Test
    void reportsAllProblemsTogether() {
        assertThat(
                        problems(
                                """
                                user: alcie
                                group: staf
                                umask: 089
                                nice: 20
                                oom-score: lots
                                limits: {nofile: 5, nproc: 2:1, core: 1:2:3, memlok: 1}
                                """))
                .containsExactly(
                        "3 services[0].umask: \"089\" is no umask; write it in octal, such as 027",
                        "1 services[0].user: \"alcie\" is no user in /etc/passwd; correct it, or"
                                + " write the number",
                        "2 services[0].group: \"staf\" is no group in /etc/group; correct it, or"
                                + " write the number",
                        "4 services[0].nice: \"20\" is no number from -20 to 19",
                        "5 services[0].oom-score: \"lots\" is no number from -1000 to 1000",
                        "6 services[0].limits.nofile: \"5\" is no limit; write a number from 16 on,"
                                + " such as 65536, or soft:hard",
                        "6 services[0].limits.nproc: \"2:1\": the soft limit is above the hard one",
                        "6 services[0].limits.core: \"1:2:3\" is no limit; write a number, or"
                                + " soft:hard",
                        "6 services[0].limits.memlok: unknown key; did you mean \"memlock\"?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user:|services[0].user: has no value",
                "group: ~|services[0].group: has no value",
                "user: [a]|services[0].user: a list is no text",
                "user: 77|services[0].user: \"77\" has no entry in /etc/passwd and so no group;"
                        + " name a group",
                "user: broken|services[0].user: \"broken\" is no user in /etc/passwd; correct it,"
                        + " or write the number",
                "user: odd|services[0].user: \"odd\" is no user in /etc/passwd; correct it, or"
                        + " write the number",
                "user: 4294967295|services[0].user: \"4294967295\" is no user in /etc/passwd;"
                        + " correct it, or write the number",
                "group: broken|services[0].group: \"broken\" is no group in /etc/group; correct"
                        + " it, or write the number",
                "umask: 01777|services[0].umask: \"01777\" is no umask; write it in octal, such as"
                        + " 027",
                "nice: -21|services[0].nice: \"-21\" is no number from -20 to 19",
                "oom-score: 1001|services[0].oom-score: \"1001\" is no number from -1000 to 1000",
                "limits: 5|services[0].limits: \"5\" is no mapping of keys to values",
                "limits: {nofile: unlimited}|services[0].limits.nofile: \"unlimited\" is no limit;"
                        + " write a number from 16 on, such as 65536, or soft:hard",
                "limits: {core: 1M}|services[0].limits.core: \"1M\" is no limit; write a number,"
                        + " unlimited, or soft:hard",
                "limits: {core: -1}|services[0].limits.core: \"-1\" is no limit; write a number,"
                        + " unlimited, or soft:hard",
                "limits: {core: unlimited:5}|services[0].limits.core: \"unlimited:5\": the soft"
                        + " limit is above the hard one",
            })
    void refuses(String text, String problem) {
        assertThat(problems(text)).containsExactly("1 " + problem);
        assertThat(read(text).owner()).isNull();
    }
}

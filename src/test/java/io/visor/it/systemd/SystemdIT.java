package io.visor.it.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.visor.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// An operator's host: a real systemd, a consumer and a provider that are units, a chain, and visor
/// as a service. The tests are one story: each begins where the one before has ended.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SystemdIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HOME = "/srv/op/.lavavisor";
    private static final String RELEASES = "http://127.0.0.1:18080/v{version}/";
    private static final String ENDPOINT =
            "  - chain-id: ETH1\n    api-interface: jsonrpc\n    network-address: ";
    private static final String STATUS = Container.VISOR + " status -o json --directory /srv/op";
    private static final List<String> UNITS = List.of("alice-ETH1", "alice-LAV1");
    private static final String FLAGS =
            " --auto-download --directory /srv/op --node tcp://127.0.0.1:26657 --chain-id lava"
                    + " --release-url '"
                    + RELEASES
                    + "lavap-v{version}-{os}-{arch}' --checksum-url '"
                    + RELEASES
                    + "sha256sum.txt'";

    @TempDir static Path directory;
    private static Container host;

    @BeforeAll
    static void boot() throws IOException {
        Optional<String> obstacle = Container.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> "no real systemd: " + obstacle.orElse(""));
        host = new Container(directory);
        host.write(
                "/etc/systemd/system/devnet.service",
                "[Service]\nExecStart="
                        + Container.VISOR
                        + " devnet --directory /srv/dev --block-time 200ms --rpc-port 26657"
                        + " --releases-port 18080 --versions 1.0.0,1.1.0,1.2.0,1.3.0,1.4.0"
                        + " --broken 2.0.0\n\n[Install]\nWantedBy=multi-user.target\n");
        host.sh("systemctl enable --now devnet");
        await().atMost(PATIENCE)
                .until(() -> host.run("test", "-s", "/srv/dev/devnet.json").code() == 0);
        makeServices();
    }

    /// What an operator does, who has read the README.
    private static void makeServices() {
        host.write("/srv/op/eth.yml", "endpoints:\n" + ENDPOINT + "127.0.0.1:3333\n");
        host.write(
                "/srv/op/lav.yml",
                "endpoints:\n"
                        + ENDPOINT.replace("ETH1", "LAV1")
                        + "{address: 127.0.0.1:2221}\n"
                        + "    node-urls: [{url: http://127.0.0.1:1}]\n");
        host.sh(Container.VISOR + " init" + FLAGS);
        String flags =
                " --directory /srv/op --from alice --geolocation 1 --chain-id lava"
                        + " --keyring-backend test --create-link";
        host.sh(Container.VISOR + " create-service consumer /srv/op/eth.yml" + flags);
        host.sh(Container.VISOR + " create-service provider /srv/op/lav.yml" + flags);
        host.sh(
                Container.VISOR
                        + " create-service visor --directory /srv/op --create-link --"
                        + FLAGS.replace(" --directory /srv/op", ""));
        // Nobody here wants to wait for five seconds.
        for (String unit : List.of("visor", "alice-ETH1", "alice-LAV1")) {
            host.write(
                    "/etc/systemd/system/" + unit + ".service.d/quick.conf",
                    "[Service]\nRestartSec=" + (unit.equals("visor") ? "100ms" : "1s") + "\n");
        }
        String config = host.sh("cat " + HOME + "/config.yml");
        assertThat(config).contains("- alice-ETH1.service", "- alice-LAV1.service");
        config("[alice-ETH1.service, alice-LAV1.service]");
        host.sh("systemctl daemon-reload; systemctl enable visor");
    }

    @AfterAll
    static void end() throws IOException {
        if (host != null) {
            host.close();
        }
    }

    private static void config(String services) {
        host.write(
                HOME + "/config.yml",
                "programs: {lavap: {upgrade: {health-window: 2500ms, start-timeout: 30s}}}\n"
                        + "services: "
                        + services
                        + "\n");
    }

    private static String visor(String command) {
        return host.sh(Container.VISOR + " " + command + " --directory /srv/op");
    }

    private static void propose(String min, String target) {
        host.sh(
                Container.VISOR
                        + " devnet propose --directory /srv/dev --min "
                        + min
                        + " --target "
                        + target);
    }

    private static Json service(String name) {
        return Json.parse(host.sh(STATUS)).items("services").stream()
                .filter(service -> service.string("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> invocations() {
        return UNITS.stream()
                .collect(Collectors.toMap(unit -> unit, unit -> host.show(unit, "InvocationID")));
    }

    private static String pid(String unit) {
        // None, while it is started again, is 0: nothing that may be signalled.
        return await().atMost(PATIENCE)
                .until(() -> host.show(unit, "MainPID"), pid -> !pid.equals("0"));
    }

    /// Waits until visor has said something, from a mark in its log on.
    private static void awaitSaid(String mark, String text) {
        try {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> said(mark).contains(text));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("visor has not said \"" + text + "\":\n" + said(mark), e);
        }
    }

    private static String said(String since) {
        return host.run("journalctl", "-u", "visor", "-o", "cat", "--no-pager", "--since=" + since)
                .out();
    }

    private static String now() {
        return "@" + host.sh("date +%s.%6N").strip();
    }

    /// The version whose file the link and the unit's process have.
    private static String version(String unit) {
        String link = host.sh("readlink " + HOME + "/bin/lavap").strip();
        String command =
                host.sh(
                        "tr '\\0' ' ' </proc/"
                                + pid(unit)
                                + "/environ; cat /proc/"
                                + pid(unit)
                                + "/cmdline | tr '\\0' ' '");
        assertThat(command).contains(HOME + "/bin/lavap");
        return link.replaceFirst("^.*/v([^/]+)/lavap$", "$1");
    }

    @Test
    @Order(1)
    void startEnablesAndStartsTheUnitsAndTellsSystemd() {
        host.sh("systemctl start visor");
        assertThat(host.show("visor", "SubState")).isEqualTo("running");
        for (String unit : UNITS) {
            await().atMost(PATIENCE).until(() -> host.show(unit, "ActiveState").equals("active"));
            assertThat(host.show(unit, "UnitFileState")).isEqualTo("enabled");
            await().atMost(PATIENCE).until(() -> service(unit).string("state").equals("running"));
            assertThat(service(unit).string("backend")).isEqualTo("systemd");
            assertThat(service(unit).integer("pid")).isEqualTo(Long.parseLong(pid(unit)));
            assertThat(version(unit)).isEqualTo("1.0.0");
        }
        await().atMost(PATIENCE)
                .until(() ->
                        host.show("visor", "StatusText")
                                .equals("lavap 1.0.0; 2 of 2 services run"));
    }

    @Test
    @Order(2)
    void visorEndedOrKilledLeavesTheUnitsAlone() {
        String consumer = pid("alice-ETH1");
        String provider = pid("alice-LAV1");
        host.sh("systemctl restart visor");
        String mark = now();
        String visor = pid("visor");
        host.sh("kill -9 " + visor);
        await().atMost(PATIENCE)
                .until(() ->
                        !pid("visor").equals(visor)
                                && host.show("visor", "ActiveState").equals("active"));
        awaitSaid(mark, "alice-LAV1 runs as pid " + provider);
        assertThat(pid("alice-ETH1")).isEqualTo(consumer);
        assertThat(pid("alice-LAV1")).isEqualTo(provider);
        assertThat(service("alice-ETH1").string("state")).isEqualTo("running");
    }

    @Test
    @Order(3)
    void aProposalUpgradesBoth() {
        String mark = now();
        Map<String, String> runs = invocations();
        propose("1.0.0", "1.1.0");
        awaitSaid(mark, "lavap 1.1.0 is committed");
        assertThat(invocations().values()).doesNotContainAnyElementsOf(runs.values());
        for (String unit : UNITS) {
            assertThat(version(unit)).isEqualTo("1.1.0");
            assertThat(host.show(unit, "ActiveState")).isEqualTo("active");
        }
    }

    @Test
    @Order(4)
    void aBadReleaseRollsBothBack() {
        String mark = now();
        propose("1.0.0", "2.0.0");
        awaitSaid(mark, "failed its health window");
        awaitSaid(mark, "lavap is back on 1.1.0");
        for (String unit : UNITS) {
            await().atMost(PATIENCE).until(() -> host.show(unit, "ActiveState").equals("active"));
            assertThat(version(unit)).isEqualTo("1.1.0");
        }
        assertThat(said(mark)).contains("panic: this release is broken");
    }

    @Test
    @Order(5)
    void aFallIsNoticedWithinASecondAndSystemdStartsItAgain() {
        String mark = now();
        host.sh("kill -9 " + pid("alice-ETH1"));
        awaitSaid(mark, "alice-ETH1 exited: SIGKILL");
        String said =
                host.sh(
                        "journalctl -u visor -o short-unix --no-pager --since="
                                + mark
                                + " | grep 'exited: SIGKILL' | cut -d' ' -f1");
        double seconds = Double.parseDouble(said.strip()) - Double.parseDouble(mark.substring(1));
        // Half a second is the journal's to be read, and this machine's to be busy.
        assertThat(seconds).isLessThan(1.5);
        awaitSaid(mark, "alice-ETH1 runs as pid");
        assertThat(service("alice-ETH1").integer("restarts")).isPositive();
    }

    @Test
    @Order(6)
    void whatWasStoppedByHandOrMaskedIsLeftAloneAlsoByAnUpgrade() {
        String mark = now();
        host.sh("systemctl stop alice-LAV1");
        awaitSaid(mark, "alice-LAV1 is left alone");
        host.sh("systemctl restart visor");
        Json left = service("alice-LAV1");
        assertThat(left.string("state")).isEqualTo("stopped");
        assertThat(left.string("reason")).contains("stopped by hand");
        String next = now();
        propose("1.0.0", "1.2.0");
        awaitSaid(next, "lavap 1.2.0 is committed");
        assertThat(version("alice-ETH1")).isEqualTo("1.2.0");
        assertThat(host.show("alice-LAV1", "ActiveState")).isEqualTo("inactive");
        assertThat(visor("service start alice-LAV1")).contains("alice-LAV1 runs as pid");
        assertThat(host.show("alice-LAV1", "ActiveState")).isEqualTo("active");
    }

    /// What an operator has beside the programs of the chain, installed by a package.
    private static void packaged(String name, String service) {
        host.write(
                "/usr/local/lib/systemd/system/" + name + ".service",
                "[Unit]\nDescription="
                        + name
                        + "\nStartLimitIntervalSec=0\n\n[Service]\n"
                        + service
                        + "\n[Install]\nWantedBy=multi-user.target\n");
        host.sh("systemctl daemon-reload");
    }

    @Test
    @Order(7)
    void aReloadTakesUnitsInAndLetsThemGoAsTheyAre() {
        packaged("sidecar", "ExecStart=/bin/sleep 100000\nRestart=always\n");
        packaged("running", "ExecStart=/bin/sleep 100000\nRestart=always\n");
        host.sh("systemctl start running");
        String before = pid("running");
        config(
                "[alice-ETH1.service, alice-LAV1.service, {name: side, unit:"
                        + " sidecar.service, health: {exec: test -e /srv/op/fine, every: 100ms}},"
                        + " {name: run, unit: running.service, after: [{service: side, is:"
                        + " healthy}]}]");
        String mark = now();
        host.sh("systemctl reload visor");
        awaitSaid(mark, "configuration reloaded: 4 services");
        awaitSaid(mark, "side runs as pid ");
        assertThat(said(mark)).contains("side runs as pid " + pid("sidecar"));
        assertThat(host.show("sidecar", "UnitFileState")).isEqualTo("enabled");
        assertThat(pid("running")).isEqualTo(before);
        assertThat(service("side").string("health")).contains("not ready");
        host.write("/srv/op/fine", "");
        awaitSaid(mark, "side (pid " + pid("sidecar") + ") is ready");
        String next = now();
        config(
                "[alice-ETH1.service, alice-LAV1.service, {name: side, unit:"
                        + " sidecar.service}]");
        host.sh("systemctl reload visor");
        awaitSaid(next, "configuration reloaded: 3 services");
        assertThat(pid("running")).isEqualTo(before);
        assertThat(host.show("visor", "ActiveState")).isEqualTo("active");
    }

    @Test
    @Order(8)
    void aMaskedUnitIsLeftAlone() {
        String mark = now();
        host.sh("systemctl mask --now sidecar");
        awaitSaid(mark, "side is left alone: sidecar.service is masked");
        Container.Result refused =
                host.run("sh", "-c", Container.VISOR + " service start side --directory /srv/op");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out())
                .contains("cannot start side: ", "systemctl unmask sidecar.service");
        host.sh("systemctl unmask sidecar");
        assertThat(visor("service start side")).contains("side runs as pid " + pid("sidecar"));
    }

    @Test
    @Order(9)
    void unitsAreStartedStoppedAndRestartedByTheSameCommandsAsChildren() {
        String before = pid("sidecar");
        assertThat(visor("service restart side")).contains("side runs as pid " + pid("sidecar"));
        assertThat(pid("sidecar")).isNotEqualTo(before);
        assertThat(visor("service stop side")).contains("side is stopped");
        assertThat(host.show("sidecar", "ActiveState")).isEqualTo("inactive");
        assertThat(service("side").string("wanted")).isEqualTo("down");
        String mark = now();
        host.sh("systemctl start sidecar");
        awaitSaid(mark, "side runs as pid " + pid("sidecar"));
        assertThat(service("side").string("wanted")).isEqualTo("up");
        assertThat(visor("logs side -n 3")).contains("Started sidecar.service - sidecar.");
        assertThat(visor("logs alice-ETH1 --since 1h")).contains("Z Process Started");
        Json line = Json.parse(visor("logs alice-ETH1 -o json -n 1").strip());
        assertThat(line.string("service")).isEqualTo("alice-ETH1");
        assertThat(line.string("time")).endsWith("Z");
    }

    @Test
    @Order(10)
    void whatDoesNotStartIsSaidInOneSentenceWithTheEndOfItsLog() {
        packaged(
                "slow",
                "Type=notify\n"
                        + "TimeoutStartSec=1\n"
                        + "ExecStart=/bin/sh -c 'echo warming up; sleep 1000'\n");
        packaged("wrong", "ExecStart=/nowhere/lily\n");
        packaged("odd", "ExecStart=\n");
        config(
                "[alice-ETH1.service, alice-LAV1.service, {name: side, unit:"
                        + " sidecar.service}, {name: slow, unit: slow.service}, {name: odd, unit:"
                        + " odd.service}, {name: gone, unit: gone.service}, {name: wrong, unit:"
                        + " wrong.service}]");
        String mark = now();
        host.sh("systemctl reload visor");
        awaitSaid(mark, "cannot start gone: systemd has no unit gone.service; ");
        awaitSaid(mark, "cannot start odd: systemd cannot load odd.service: ");
        awaitSaid(
                mark,
                "cannot start slow: systemd has given up slow.service: it did not start or stop in"
                        + " time: \"warming up\"");
        awaitSaid(mark, "wrong.service");
        Container.Result failed =
                host.run("sh", "-c", Container.VISOR + " service start gone --directory /srv/op");
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.out()).contains("cannot start gone: ");
        config(
                "[alice-ETH1.service, alice-LAV1.service, {name: side, unit:"
                        + " sidecar.service}]");
        String next = now();
        host.sh("systemctl reload visor");
        awaitSaid(next, "configuration reloaded: 3 services");
    }

    @Test
    @Order(11)
    void aUserWithoutRightsHasUnitsOfItsOwn() {
        packaged("forbidden", "ExecStart=/bin/sleep 100000\n");
        host.sh("useradd --create-home op");
        String user = host.sh("id -u op").strip();
        host.write(
                "/home/op/.config/systemd/user/mine.service",
                "[Service]\nExecStart=/bin/sleep 100000\n\n[Install]\nWantedBy=default.target\n");
        host.write(
                "/home/op/.lavavisor/config.yml",
                "services: [{name: mine, unit: mine.service}, {name: other, unit:"
                        + " forbidden.service}]\n");
        host.sh("chown -R op /home/op; systemctl start user@" + user);
        startAsOp("ops", " --setenv=XDG_RUNTIME_DIR=/run/user/" + user);
        awaitSaidBy("ops", "mine runs as pid");
        awaitSaidBy("ops", "cannot start other: systemctl start is not allowed (");
        host.sh("systemctl stop ops");
        String own =
                "runuser -u op -- env XDG_RUNTIME_DIR=/run/user/"
                        + user
                        + " systemctl --user is-active mine";
        assertThat(host.sh(own)).isEqualTo("active\n");
        assertThat(host.show("forbidden", "ActiveState")).isEqualTo("inactive");
    }

    private static void startAsOp(String unit, String environment) {
        host.sh(
                "systemd-run --quiet --unit="
                        + unit
                        + " --uid=op --setenv=HOME=/home/op"
                        + environment
                        + " "
                        + Container.VISOR
                        + " start --node tcp://127.0.0.1:26657");
    }

    private static void awaitSaidBy(String unit, String text) {
        String command = "journalctl -u " + unit + " -o cat --no-pager";
        await(text).atMost(PATIENCE).until(() -> host.sh(command).contains(text));
    }

    @Test
    @Order(12)
    void polkitsRuleLetsAUserWithoutRightsKeepTheUnitsItNamesAndNothingElse() {
        host.write(
                "/home/op/.lavavisor/config.yml",
                "services: [{name: other, unit: forbidden.service}]\n");
        host.sh(Container.VISOR + " create-service visor --run-as op --directory /home/op");
        host.sh(
                "install -o root -m 0644 /home/op/.lavavisor/services/visor.rules"
                        + " /etc/polkit-1/rules.d/50-visor.rules && systemctl restart polkit");
        startAsOp("allowed", "");
        awaitSaidBy("allowed", "other runs as pid " + pid("forbidden"));
        awaitSaidBy("allowed", "cannot have forbidden.service started with the machine: ");
        String before = pid("forbidden");
        assertThat(asOp("service restart other")).contains("other runs as pid");
        assertThat(pid("forbidden")).isNotEqualTo(before);
        assertThat(refusedToOp("kill forbidden")).contains("authentication required");
        assertThat(asOp("service stop other")).contains("other is stopped");
        assertThat(host.show("forbidden", "ActiveState")).isEqualTo("inactive");
        assertThat(refusedToOp("start running")).contains("authentication required");
        assertThat(refusedToOp("enable forbidden")).contains("authentication required");
        assertThat(host.run("runuser", "-u", "bin", "--", "systemctl", "start", "forbidden").code())
                .isPositive();
        host.sh("systemctl stop allowed");
    }

    private static String asOp(String command) {
        return host.sh("runuser -u op -- env HOME=/home/op " + Container.VISOR + " " + command);
    }

    private static String refusedToOp(String words) {
        Container.Result result =
                host.run("sh", "-c", "runuser -u op -- systemctl --no-ask-password " + words);
        assertThat(result.code()).as(words).isPositive();
        return result.out();
    }

    @Test
    @Order(13)
    void anUpgradeThatIsCutOffGoesOnWithTheUnitsThatVisorHadStopped() {
        visor("service stop side");
        cutOff("before-Switch", "1.3.0");
        cutOff("after-Switch", "1.4.0");
    }

    /// Has visor killed at a step of an upgrade, while the units are stopped.
    private static void cutOff(String step, String version) {
        host.sh("systemctl stop visor");
        host.write(
                "/run/systemd/system/visor.service.d/kill.conf",
                "[Service]\n"
                        + "Restart=no\n"
                        + "Environment=JAVA_TOOL_OPTIONS=-Dvisor.kill.at="
                        + step
                        + "\n");
        propose("1.0.0", version);
        host.sh("systemctl daemon-reload; systemctl start visor || true");
        await().atMost(PATIENCE).until(() -> host.show("visor", "ActiveState").equals("failed"));
        for (String unit : UNITS) {
            assertThat(host.show(unit, "ActiveState")).isEqualTo("inactive");
        }
        host.sh("rm -r /run/systemd/system/visor.service.d; systemctl daemon-reload");
        String mark = now();
        host.sh("systemctl reset-failed visor; systemctl start visor");
        awaitSaid(mark, "lavap " + version + " is committed");
        for (String unit : UNITS) {
            assertThat(host.show(unit, "ActiveState")).isEqualTo("active");
            assertThat(version(unit)).isEqualTo(version);
        }
    }

    /// A shell that ends in its version is a program as compilers make them: its process shows its
    /// file, which a script's does not.
    @Test
    @Order(14)
    void theProcessOfAProgramMustShowTheFileOfItsVersion() {
        for (String version : List.of("1.4.0", "1.5.0", "1.6.0")) {
            String file = shell(version);
            host.sh(
                    "install -D /bin/dash "
                            + file
                            + " && printf "
                            + version
                            + " >>"
                            + file
                            + " && chmod 755 "
                            + file);
        }
        host.write(
                HOME + "/config.yml",
                "programs: {shell: {release: {url: 'http://127.0.0.1:18080/{version}',"
                    + " checksum-url: 'http://127.0.0.1:18080/none', version-command: '-c \"tail -c"
                    + " 5 /proc/$$/exe; :\"'}, upgrade: {rollback: auto, health-window: 1s}}}\n"
                    + "services: [alice-ETH1.service, alice-LAV1.service, {name: side, unit:"
                    + " sidecar.service}]\n");
        host.sh(
                Container.VISOR
                        + " create-service program shell --program shell --directory /srv/op"
                        + " --create-link -- shell -c 'while :; do sleep 1; done; :'");
        host.sh("systemctl restart visor");
        await().atMost(PATIENCE).until(() -> host.show("shell", "ActiveState").equals("active"));
        assertThat(executable("shell")).isEqualTo(shell("1.4.0"));
        String mark = now();
        propose("1.0.0", "1.5.0");
        awaitSaid(mark, "shell 1.5.0 is committed");
        assertThat(executable("shell")).isEqualTo(shell("1.5.0"));
        host.write(
                "/run/systemd/system/shell.service.d/other.conf",
                "[Service]\nExecStart=\nExecStart=/bin/sleep 100000\n");
        host.sh("systemctl daemon-reload");
        String next = now();
        propose("1.0.0", "1.6.0");
        awaitSaid(next, "shell.service runs /usr/bin/sleep, not " + shell("1.6.0"));
        awaitSaid(next, "so 1.6.0 is not to blame");
        host.sh("systemctl disable --now shell");
        config(
                "[alice-ETH1.service, alice-LAV1.service, {name: side, unit:"
                        + " sidecar.service}]");
        propose("1.0.0", "1.4.0");
        host.sh("systemctl restart visor");
    }

    private static String shell(String version) {
        return HOME + "/programs/shell/upgrades/v" + version + "/shell";
    }

    private static String executable(String unit) {
        return host.sh("readlink /proc/" + pid(unit) + "/exe").strip();
    }

    /// A program that looks for its configuration as lavap does finds its own, from a home of any
    /// name, also where its user has others of the same names.
    @Test
    @Order(15)
    void aServiceOfAnOddHomeFindsItsOwnConfiguration() {
        String odd = "/srv/it's 100%h \"odd\" $HOME";
        String own = ENDPOINT.replace("ETH1", "ODD1") + "127.0.0.1:3444\n";
        host.write(odd + "/x.yml", "endpoints:\n" + own);
        host.sh(
                Container.VISOR
                        + " init"
                        + FLAGS.replace("/srv/op", quoted(odd))
                        + " --link-dir /srv/odd");
        host.sh(
                "cd "
                        + quoted(odd)
                        + " && "
                        + Container.VISOR
                        + " create-service consumer x.yml --from bob --geolocation 1 --chain-id"
                        + " lava --keyring-backend test --create-link --directory "
                        + quoted(odd));
        for (String decoy : List.of("bob-ODD1.yml", "x.yml", "config/bob-ODD1.yml")) {
            host.write("/root/" + decoy, "endpoints:\n" + own.replace("3444", "3999"));
        }
        host.sh("systemd-analyze verify /etc/systemd/system/bob-ODD1.service");
        host.sh("systemctl daemon-reload; systemctl start bob-ODD1");
        await().atMost(PATIENCE).until(() -> isListening(3444));
        assertThat(isListening(3999)).isFalse();
        assertThat(host.show("bob-ODD1", "NRestarts")).isEqualTo("0");
        host.sh("systemctl stop bob-ODD1; rm -r /root/x.yml /root/bob-ODD1.yml /root/config");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static boolean isListening(int port) {
        return host.run("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port).code() == 0;
    }

    @Test
    @Order(16)
    void aRebootBringsEverythingUpAtTheRightVersion() {
        host.reboot();
        await().atMost(PATIENCE).until(() -> host.show("visor", "ActiveState").equals("active"));
        for (String unit : UNITS) {
            await().atMost(PATIENCE).until(() -> host.show(unit, "ActiveState").equals("active"));
            assertThat(version(unit)).isEqualTo("1.4.0");
            assertThat(service(unit).string("state")).isEqualTo("running");
        }
        // The operator had it stopped before the reboot, which has started it: it is enabled.
        await().atMost(PATIENCE)
                .until(() -> host.show("sidecar", "ActiveState").equals("inactive"));
        assertThat(service("side").string("wanted")).isEqualTo("down");
        // Started by hand, it is wanted up from then on.
        host.sh("systemctl start sidecar");
        await().atMost(PATIENCE).until(() -> service("side").string("wanted").equals("up"));
        host.reboot();
        await().atMost(PATIENCE)
                .until(() -> host.run("sh", "-c", STATUS + " | grep -q '\"side\"'").code() == 0);
        assertThat(service("side").string("wanted")).isEqualTo("up");
        assertThat(host.show("sidecar", "ActiveState")).isEqualTo("active");
    }
}

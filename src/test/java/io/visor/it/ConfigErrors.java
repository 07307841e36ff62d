package io.visor.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Messages about `config.yml`.
final class ConfigErrors {

    private final ErrorScene scene;
    private final ErrorChecks checks;
    private final Together together = new Together();

    ConfigErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addFile();
        addYaml();
        addValues();
        addChain();
        addPrograms();
        addReleases();
        addServices();
    }

    private Visor.Result check(Path home) {
        return scene.run("config", "check", "--directory", home.toString());
    }

    private void says(String message, String config) {
        checks.ends(message, () -> check(scene.home(config)));
    }

    private void addFile() {
        checks.ends(
                "cannot read <file>: it is a directory",
                () -> {
                    Path home = scene.home();
                    Files.createDirectories(config(home));
                    return check(home);
                });
        checks.ends(
                "cannot read <file>: it is no file",
                () -> {
                    Path home = scene.home();
                    Files.createDirectories(config(home).getParent());
                    Process made = new ProcessBuilder("mkfifo", config(home).toString()).start();
                    made.waitFor();
                    return check(home);
                });
        checks.ends(
                "cannot read <file>: it is larger than 1 MB",
                () -> check(scene.home("#".repeat((1 << 20) + 1))));
        checks.ends(
                "cannot read <file>: it is not UTF-8",
                () -> {
                    Path home = scene.home("");
                    Files.write(config(home), new byte[] {(byte) 0xff});
                    return check(home);
                });
        checks.ends(
                "cannot read <file>: permission denied for user <user>",
                () -> {
                    Path home = scene.home("");
                    ErrorScene.allow(config(home), "---------");
                    return scene.runAsOther("config", "check", "--directory", home.toString());
                });
        checks.ends(
                "cannot read <file>: <reason>",
                () -> {
                    Path home = scene.home();
                    Files.createDirectories(config(home).getParent());
                    Files.createSymbolicLink(config(home), Path.of("config.yml"));
                    return check(home);
                });
    }

    private static Path config(Path home) {
        return home.resolve(".lavavisor/config.yml");
    }

    private void addYaml() {
        says("cannot read <file>: <n> problems", "chian: {}\nservice: []\n");
        says("line <n> no YAML: <reason>", "services: [a\n");
        says("line <n> no YAML: the character <code> is not allowed", "services: \u0007\n");
        says("cannot read <file>: no YAML: <reason>", "a: " + "[".repeat(30) + "]".repeat(30));
        says("line <n> <key>: <value> is no list", "services: alice\n");
    }

    /// A file in which every service and every program has its own mistake: all of them are
    /// reported together.
    private final class Together {

        private final List<String> services = new ArrayList<>();
        private final List<String> programs = new ArrayList<>();
        private Visor.@Nullable Result result;

        /// A mistake in a service.
        ///
        /// @param item the item of the list `services`
        void service(String message, String item) {
            services.add(item);
            checks.add(message, row -> ErrorChecks.assertSaid(row, result()));
        }

        /// A mistake in a program.
        ///
        /// @param entry the name and the mapping
        void program(String message, String entry) {
            programs.add(entry);
            checks.add(message, row -> ErrorChecks.assertSaid(row, result()));
        }

        private synchronized Visor.Result result() throws IOException {
            if (result == null) {
                String config =
                        "services:\n  - "
                                + String.join("\n  - ", services)
                                + "\nprograms:\n  "
                                + String.join("\n  ", programs)
                                + "\n";
                result = check(scene.home(config));
            }
            return result;
        }
    }

    private void addValues() {
        service("line <n> <key>: unknown key; did you mean \"<key>\"?", "comand: b");
        service("line <n> <key>: unknown key; known: <keys>", "telemetry: on");
        service("line <n> <key>: stands here twice", "command: b, command: c");
        service("line <n> <key>: a key is a single word", "[a]: b");
        service(
                "line <n> <key>: <value> is no mapping of keys to values",
                "command: b, restart: [always]");
        service("line <n> <key>: <value> is no text", "command: [b]");
        service("line <n> <key>: has a zero byte in it", "command: \"b\\0\"");
        service("line <n> <key>: has no value", "command: ");
        service(
                "line <n> <key>: \"<value>\" is no duration; write 30s, 5m, 1h30m",
                "command: b, restart: {delay: soon}");
        service(
                "line <n> <key>: <value> is not between <least> and <most>",
                "command: b, restart: {reset-after: 10ms}");
        service(
                "line <n> <key>: \"<value>\" is not known; use <words>",
                "command: b, restart: {mode: sometimes}");
        service(
                "line <n> <key>: this version of visor cannot do that yet; leave it out",
                "command: b, backend: systemd");
        service("line <n> <key>: a <quote> at character <n> is not closed", "command: echo 'b");
        service("line <n> <key>: it ends in a backslash", "command: echo \\");
        service(
                "line <n> <key>: \"<value>\" is neither true nor false",
                "command: b, log: {timestamps: maybe}");
    }

    private void addChain() {
        says(
                "line <n> chain.network: this version of visor cannot follow <network> networks"
                        + " yet; use lava",
                "chain: {network: evm}\n");
        says(
                "line <n> <key>: is a circle: <services>; take one of them out",
                "services:\n  - {name: a, command: c, after: [{service: b}]}\n"
                        + "  - {name: b, command: c, after: [{service: a}]}\n");
        says(
                "line <n> <key>: \"<name>\" is no service here; known: <names>",
                "services:\n  - {name: a, command: c, after: [{service: postgres}]}\n"
                        + "  - {name: b, command: c}\n");
        says("line <n> chain.chain-id: is empty", "chain: {chain-id: \"\"}\n");
        says(
                "line <n> chain.endpoints: is empty; name a node, or leave it out",
                "chain: {endpoints: []}\n");
        says(
                "line <n> chain.endpoints[<i>]: \"<value>\" has no scheme; use <schemes>",
                "chain: {endpoints: [\"u:" + ErrorChecks.SECRET + "@localhost:26657\"]}\n");
        says(
                "line <n> chain.endpoints[<i>]: \"<value>\" <what is wrong>",
                "chain: {endpoints: [\"tcp://localhost:99999\"]}\n");
        says(
                "line <n> chain.endpoints[<i>]: <value> is no address",
                "chain: {endpoints: [[localhost]]}\n");
    }

    private void addPrograms() {
        together.program("line <n> programs.<name>: is no name of a program: <rule>", "a b: {}");
        together.program(
                "line <n> programs.<name>.binary: \"<value>\" is no file name: <rule>",
                "p2: {binary: bin/lavap}");
        together.program(
                "line <n> programs.<name>.version.authority: this version of visor knows no"
                        + " authority \"<value>\"; use chain",
                "p3: {version: {authority: me}}");
        // A program of one's own without any release at all; the others have one that is wrong.
        together.program(
                "line <n> programs.<name>.release: say where releases of <name> come from: github"
                        + " and asset, or url and checksum-url",
                "lily: {}");
    }

    private void release(String message, String release) {
        together.program(
                "line <n> programs.<name>.release." + message,
                "r" + together.programs.size() + ": {release: {" + release + "}}");
    }

    private void addReleases() {
        String url = "url: \"http://h/{version}\"";
        release(
                "assurance: this version of visor cannot prove <level> yet; use L0 or L1",
                "assurance: L3, " + url);
        release("github: \"<value>\" is not of the form owner/name", "github: lava, asset: a");
        release("url: stands beside github; use one of them", "github: a/b, asset: a, " + url);
        release("<key>: goes with github only", "asset: a, " + url);
        release(
                "checksums: goes with github only; with url use checksum-url",
                "checksums: a, " + url);
        release(
                "checksum-url: goes with url only; with github use checksums",
                "github: a/b, asset: a, checksum-url: \"http://h/sums\"");
        release(
                "url: \"<value>\" has no {version} in it",
                "url: \"http://u:" + ErrorChecks.SECRET + "@h/lavap\"");
        release(
                "<key>: \"<value>\" is no http:// or https:// address",
                "url: \"ftp://u:" + ErrorChecks.SECRET + "@h/{version}\"");
    }

    /// A mistake in a service that has a name of its own.
    private void service(String message, String rest) {
        together.service(message, "{name: s" + together.services.size() + ", " + rest + "}");
    }

    private void item(String message, String rest) {
        service("line <n> services[<i>]." + message, "command: b, " + rest);
    }

    private void addServices() {
        together.service(
                "line <n> services[<i>]: \"<value>\" is no unit; write name.service, or a mapping"
                        + " with name and command",
                "alice");
        together.service(
                "line <n> services[<i>]: <value> is no service; write name.service, or a mapping"
                        + " with name and command",
                "[alice]");
        together.services.add("a.service");
        together.service(
                "line <n> services[<i>]: a service \"<name>\" stands above already",
                "{name: a, command: b}");
        together.service("line <n> services[<i>]: has no <key>", "{command: b}");
        together.service(
                "line <n> services[<i>].name: \"<value>\" is no name of a service: <rule>",
                "{name: a b, command: b}");
        service("line <n> services[<i>].command: is empty", "command: \" \"");
        item("program: \"<value>\" is no program here; known: <names>", "program: geth");
        item("environment.<name>: is no name of a variable", "environment: {a-b: c}");
        item(
                "restart.max-delay: <time> is below delay, <time>",
                "restart: {delay: 2m, max-delay: 1m}");
        item(
                "restart.limit: \"<value>\" is not of the form count/period, such as 5/10m",
                "restart: {limit: 5}");
        item(
                "stop.signal: \"<value>\" is no signal; use TERM, INT, QUIT, HUP, USR1, USR2 or"
                        + " KILL",
                "stop: {signal: STOP}");
    }
}

package io.visor.it.errors;

import io.visor.it.Visor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Messages about units, and about the files of consumers and providers that they are made from.
final class UnitErrors {

    private static final String CANNOT = "cannot create the unit: ";

    private static final String CONSUMER =
            "endpoints: [{chain-id: ETH1, api-interface: jsonrpc, network-address: 'x:1'}]\n";

    private static final String KEY = "line <n> <key>: ";

    private final ErrorScene scene;
    private final ErrorChecks checks;

    UnitErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addFlags();
        addNames();
        addPrograms();
        addPlaces();
        addUsers();
        addTemplates();
        addLinks();
        addList();
        addProtocolConfigs();
    }

    /// Makes a home ready for a message.
    @FunctionalInterface
    private interface Preparation {
        void in(Path home) throws IOException;
    }

    private static Path services(Path home) throws IOException {
        return Files.createDirectories(home.resolve(".lavavisor/services"));
    }

    private static Path config(Path home, String text) throws IOException {
        return Files.writeString(home.resolve("c.yml"), text);
    }

    private static List<String> lavap(Path home, String role, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("create-service", role));
        words.add(home.resolve("c.yml").toString());
        words.addAll(List.of("--directory", home.toString(), "--keyring-backend", "test"));
        words.addAll(List.of("--chain-id", "lava"));
        List<String> given = List.of(more);
        if (!given.contains("--from")) {
            words.addAll(List.of("--from", "alice"));
        }
        if (!given.contains("--geolocation")) {
            words.addAll(List.of("--geolocation", "1"));
        }
        words.addAll(given);
        return words;
    }

    private Visor.Result run(List<String> words) {
        return scene.run(words.toArray(String[]::new));
    }

    /// A consumer that cannot be made.
    private void consumer(String message, Preparation preparation, String... more) {
        checks.ends(
                message,
                () -> {
                    Path home = scene.home();
                    config(home, CONSUMER);
                    preparation.in(home);
                    return run(lavap(home, "consumer", more));
                });
    }

    /// A program that cannot be made.
    private void program(String message, Preparation preparation, String... words) {
        checks.ends(
                message,
                () -> {
                    Path home = scene.home();
                    preparation.in(home);
                    List<String> all =
                            new ArrayList<>(
                                    List.of(
                                            "create-service",
                                            "program",
                                            "--directory",
                                            home.toString()));
                    all.addAll(List.of(words));
                    return run(all);
                });
    }

    private static void unit(Path home, String name, String command) throws IOException {
        Files.writeString(services(home).resolve(name), "[Service]\nExecStart=" + command + "\n");
    }

    private void addFlags() {
        consumer("cannot understand <flag>: it is empty; give it a value", _ -> {}, "--from", " ");
        consumer(
                "cannot understand --geolocation: <n> is below 1; 1 is the US",
                _ -> {},
                "--geolocation",
                "0");
        consumer(
                "cannot understand --parallel-connections: <n> is below 1; write how many",
                _ -> {},
                "--parallel-connections",
                "0");
        consumer(
                "cannot understand --node: lavap asks CometBFT RPC, not <address>; use"
                        + " tcp://host:port",
                _ -> {},
                "--node",
                "grpc://x:9090");
        program(
                "cannot understand --program: \"<name>\" is no name: <rule>",
                _ -> {},
                "--program",
                "a b",
                "x",
                "--",
                "sleep");
    }

    private void addNames() {
        consumer(
                CANNOT
                        + "<unit> is there already, for something else; take that one away, or use"
                        + " a key of another name",
                home -> unit(home, "alice-ETH1.service", "/bin/sleep 1"));
        consumer(
                CANNOT + "\"<name>\" is no name of a unit: <rule>", _ -> {}, "--from", "alice bob");
        consumer(
                CANNOT
                        + "its configuration would be <file>, which <unit> reads; run"
                        + " create-service for that one first, which gives it a file of its own",
                home ->
                        unit(
                                home,
                                "bob-LAV1.service",
                                "/x/lavap rpcconsumer x/alice-ETH1.yml --from bob"));
        program(
                CANNOT + "<unit> is there already, for a <role>; choose another name",
                home -> unit(home, "bob-LAV1.service", "/x/lavap rpcconsumer x.yml --from bob"),
                "bob-LAV1",
                "--",
                "sleep");
    }

    private void addPrograms() {
        program(
                CANNOT
                        + "the command starts \"<word>\", not <binary>; begin it with <binary>, or"
                        + " leave out --program",
                _ -> {},
                "--program",
                "lavap",
                "x",
                "--",
                "sleep");
        program(CANNOT + "<reason>; give the path of a program", _ -> {}, "x", "--", "/no/program");
        program(
                CANNOT
                        + "\"<text>\" has the control character U+<code> in it; name something"
                        + " without",
                _ -> {},
                "x",
                "--",
                "sleep",
                "1\n2");
    }

    private void addPlaces() {
        checks.ends(
                CANNOT
                        + "lavap would read <file> in the place of <file>; move that file away, or"
                        + " choose another --working-directory",
                () -> {
                    Path home = Files.createDirectories(scene.home().resolve("users/op"));
                    Path root = home.resolve("../..").normalize();
                    config(home, CONSUMER);
                    Path work = Files.createDirectories(root.resolve("work"));
                    Path hides =
                            root.resolve(
                                    "users/users/op/.lavavisor/services/protocol_yml_configs"
                                            + "/alice-ETH1.yml");
                    Files.createDirectories(hides.getParent());
                    Files.writeString(hides, "");
                    return scene.place
                            .with("HOME", home.toString())
                            .run(
                                    lavap(home, "consumer", "--working-directory", work.toString())
                                            .toArray(String[]::new));
                });
        checks.ends(
                CANNOT
                        + "<path> is no directory; nothing was changed; put that right, or use"
                        + " --directory",
                () -> {
                    Path home = scene.home();
                    config(home, CONSUMER);
                    Files.writeString(services(home).resolve("logs"), "a file");
                    return run(lavap(home, "consumer"));
                });
    }

    private void addUsers() {
        consumer(
                CANNOT + "there is no user \"<user>\" on this machine; name one with --run-as",
                _ -> {},
                "--run-as",
                "nobody-of-this-name");
        checks.ends(
                CANNOT
                        + "<directory> is closed to user <user>, as whom the service would run;"
                        + " name another home with --directory, or another user with --run-as",
                () -> {
                    Path home = scene.home();
                    config(home, CONSUMER);
                    ErrorScene.allow(home, "rwx------");
                    return run(lavap(home, "consumer", "--run-as", "nobody"));
                });
        for (boolean ofUser : new boolean[] {false, true}) {
            checks.ends(
                    CANNOT
                            + "<directory> is not writable for user <user>; "
                            + (ofUser ? "use --unit-dir" : "run as root or use --user"),
                    () -> {
                        Path home = ErrorScene.give(scene.home());
                        config(home, CONSUMER);
                        List<String> words =
                                lavap(
                                        home,
                                        "consumer",
                                        "--create-link",
                                        "--unit-dir",
                                        ErrorScene.closed(home.resolve("units")).toString());
                        if (ofUser) {
                            words.add("--user");
                        }
                        return scene.runAsOther(words.toArray(String[]::new));
                    });
        }
    }

    private void addTemplates() {
        consumer(
                CANNOT + "<file>, line <n>: {{<name>}} is not known; use {{<names>}}",
                home ->
                        template(
                                home,
                                "[Service]\nExecStart={{comand}}\n"
                                        .getBytes(StandardCharsets.UTF_8)));
        consumer(
                CANNOT + "<file> is not UTF-8; save it as UTF-8, or move it away",
                home -> template(home, new byte[] {'#', (byte) 0xff, '\n'}));
        consumer(
                CANNOT + "<file>: <reason>; mend it, or move it away",
                home ->
                        Files.createDirectories(
                                home.resolve(".lavavisor/templates/systemd/consumer.service")));
    }

    private static void template(Path home, byte[] content) throws IOException {
        Path folder = Files.createDirectories(home.resolve(".lavavisor/templates/systemd"));
        Files.write(folder.resolve("consumer.service"), content);
    }

    private void linked(String message, Preparation units) {
        checks.ends(
                message,
                () -> {
                    Path home = scene.home();
                    config(home, CONSUMER);
                    Path directory = Files.createDirectories(home.resolve("units"));
                    units.in(directory);
                    return run(
                            lavap(
                                    home,
                                    "consumer",
                                    "--create-link",
                                    "--unit-dir",
                                    directory.toString()));
                });
    }

    private void addLinks() {
        String force =
                ", not a link; move it away, or use --force, which keeps it as"
                        + " <name>.before-visor";
        linked(
                "cannot link <link>: it is a regular file" + force,
                units ->
                        Files.writeString(
                                units.resolve("alice-ETH1.service"),
                                "[Service]\nExecStart=/x/lavap rpcconsumer c --from alice\n"));
        linked(
                "cannot link <link>: it is a directory" + force,
                units -> Files.createDirectory(units.resolve("alice-ETH1.service")));
        checks.ends(
                "cannot link <link>: it would hide <file>; choose another name, or use --force",
                () -> {
                    Path home = scene.home();
                    Path installed = Files.createDirectories(home.resolve("lib"));
                    Files.writeString(installed.resolve("redis.service"), "[Service]\n");
                    String units = Files.createDirectories(home.resolve("units")).toString();
                    return scene.place
                            .with("SYSTEMD_UNIT_PATH", units + ":" + installed)
                            .run(
                                    "create-service",
                                    "program",
                                    "redis",
                                    "--directory",
                                    home.toString(),
                                    "--create-link",
                                    "--unit-dir",
                                    units,
                                    "--",
                                    "sleep",
                                    "5");
                });
        linked(
                "cannot link <link>: <unit> is masked; systemctl unmask it, or use --force",
                units ->
                        Files.createSymbolicLink(
                                units.resolve("alice-ETH1.service"), Path.of("/dev/null")));
        linked(
                CANNOT + "<directory> is not there; make it, or name another one with --unit-dir",
                Files::delete);
        checks.ends(
                CANNOT
                        + "systemd does not run this machine; leave out --create-link, or let visor"
                        + " run the command by itself, as a service in config.yml; for an image"
                        + " that systemd will run, use --unit-dir <directory>",
                () -> {
                    Path home = scene.home();
                    config(home, CONSUMER);
                    return scene.runWithoutSystemd(lavap(home, "consumer", "--create-link"));
                });
    }

    private void addList() {
        consumer(
                "cannot read <file>: \"services\" is written in a way that nothing can be added to"
                        + " by itself; add this line to it: - <entry>",
                home -> list(home, "x: &s [a.service]\nservices: *s\n"));
        consumer(
                "line <n> services[<i>]: a service \"<name>\" is here that is not the unit <unit>;"
                        + " take it out, or choose another name",
                home -> list(home, "services: [{name: alice-ETH1, command: lavap}]\n"));
    }

    private static void list(Path home, String text) throws IOException {
        Files.createDirectories(home.resolve(".lavavisor"));
        Files.writeString(home.resolve(".lavavisor/config.yml"), text);
    }

    private void file(String message, String role, String text) {
        checks.ends(
                message,
                () -> {
                    Path home = scene.home();
                    config(home, text);
                    return run(lavap(home, role));
                });
    }

    private void addProtocolConfigs() {
        checks.ends(
                "cannot read <file>: it is not there", () -> run(lavap(scene.home(), "consumer")));
        file("cannot read <file>: it is empty; write endpoints", "consumer", "# nothing\n");
        file("line <n> endpoints: is empty; name an endpoint", "consumer", "endpoints: []\n");
        file(
                KEY + "has no <key>; is \"<key>\" meant to be it?",
                "consumer",
                CONSUMER.replace("chain-id", "chain_id"));
        file(
                KEY + "\"<value>\" is no chain id: <rule>",
                "consumer",
                CONSUMER.replace("ETH1", "ETH 1"));
        file(
                KEY + "\"<value>\" is no address; write host:port",
                "consumer",
                CONSUMER.replace("x:1", "x"));
        file(
                KEY + "a mapping is a provider's; a consumer has host:port here",
                "consumer",
                CONSUMER.replace("'x:1'", "{address: 'x:1'}"));
        file(
                KEY + "\"<address>\" stands in line <n> already",
                "consumer",
                CONSUMER.replace(
                        "]", ", {chain-id: B, api-interface: rest, network-address: 'x:1'}]"));
        provider(KEY + "<value> is no list of mappings with url", "jsonrpc", "http://x");
        provider(
                KEY
                        + "\"<url>\" is no URL of a node; write http://, https://, ws:// or wss://"
                        + " and a host",
                "jsonrpc",
                "[{url: 'ftp://op:" + ErrorChecks.SECRET + "@x'}]");
        provider(KEY + "\"<url>\" is no URL of a node; write host:port", "grpc", "[{url: here}]");
    }

    private void provider(String message, String api, String nodes) {
        file(
                message,
                "provider",
                "endpoints: [{chain-id: A, api-interface: "
                        + api
                        + ", network-address: {address: 'x:1'}, node-urls: "
                        + nodes
                        + "}]\n");
    }
}

package io.visor.it.errors;

import io.visor.it.Visor;
import java.util.Map;

/// Messages about flags, arguments and the variables that stand for flags.
final class FlagErrors {

    private final ErrorScene scene;
    private final ErrorChecks checks;

    FlagErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addLine();
        addValues();
        addOfCommands();
        addEndpoints();
        addVariables();
    }

    private void says(String message, String... arguments) {
        checks.ends(message, () -> scene.run(arguments));
    }

    private void addLine() {
        says(
                "cannot understand the command line: \"<word>\" is not known to <command>; did you"
                        + " mean <word>?",
                "start",
                "--nod",
                "tcp://127.0.0.1:26657");
        says(
                "cannot understand the command line: \"<word>\" is not known to <command>; see"
                        + " <command> --help",
                "version",
                "newest");
        says(
                "cannot understand the command line: <flag> <VALUE> is missing; see <command>"
                        + " --help",
                "wrap");
        says(
                "cannot understand the command line: <command> needs a command: <commands>; see"
                        + " <command> --help",
                "config");
        says(
                "cannot understand <flag>: its value is missing; see <command> --help",
                "wrap",
                "--cmd");
        says(
                "cannot understand <flag>: it is given twice; give it once",
                "wrap",
                "--cmd",
                "a",
                "--cmd",
                "b");
    }

    private void addValues() {
        says(
                "cannot understand <flag>: \"<value>\" is no whole number; write digits only",
                "start",
                "--height",
                "newest");
        says(
                "cannot understand <flag>: \"<value>\" is not between 0 and <number>",
                "devnet",
                "--rpc-port",
                "99999999999");
        says(
                "cannot understand <flag>: \"<value>\" is not known; use <words>",
                "start",
                "--log-level",
                "loud");
        says(
                "cannot understand <flag>: \"<value>\" is neither true nor false",
                "start",
                "--auto-download=maybe");
        says("cannot understand <flag>: it is empty; name a directory", "start", "--directory", "");
        checks.ends(
                "cannot understand <flag>: \"<value>\" has characters that the locale cannot name;"
                        + " set LC_ALL=C.UTF-8",
                () -> scene.place.with("LC_ALL", "C").run("start", "--directory", "/tmp/ä"));
    }

    private void addOfCommands() {
        says(
                "cannot understand --program: \"<name>\" is no program; known: <names>",
                "start",
                "--program",
                "lavad");
        says(
                "cannot understand <flag>: \"<value>\" is no http:// or https:// address",
                "start",
                "--release-url",
                "ftp://u:" + ErrorChecks.SECRET + "@mirror.example/{version}");
        says(
                "cannot understand --release-url: \"<value>\" has no {version} in it",
                "start",
                "--release-url",
                "http://mirror.example/lavap");
        says(
                "cannot understand --checksum-url: it goes with --release-url, which is missing",
                "start",
                "--checksum-url",
                "http://mirror.example/sums");
        says(
                "cannot understand --cmd: it is empty; write the command to run, such as --cmd"
                        + " 'lavap rpcconsumer x.yml'",
                "wrap",
                "--cmd",
                " ");
        says(
                "cannot understand --cmd: a <quote> at character <n> is not closed; quote it as a"
                        + " shell would",
                "wrap",
                "--cmd",
                "echo 'a");
        says(
                "cannot understand --cmd: it ends in a backslash; quote it as a shell would",
                "wrap",
                "--cmd",
                "echo \\");
        says(
                "cannot understand --instance: \"<name>\" is no name of an instance: <rule>",
                "wrap",
                "--cmd",
                "true",
                "--instance",
                "a/b");
        says(
                "cannot understand --block-time: \"<value>\" is no time of at least 10ms; write 1s"
                        + " or 500ms",
                "devnet",
                "--block-time",
                "1");
        says(
                "cannot understand --release-size: <n> is not between 0 and 2000 MB",
                "devnet",
                "--release-size",
                "2001");
        says(
                "cannot understand <flag>: \"<value>\" is no version; write X.Y.Z",
                "devnet",
                "--versions",
                "1.0.0,1.1");
    }

    private void addEndpoints() {
        says("cannot understand <flag>: it is empty; write host:port", "start", "--node", "");
        node(
                "cannot understand <flag>: \"<value>\" has an unknown scheme; use <schemes>",
                "ws://u:" + ErrorChecks.SECRET + "@127.0.0.1:26657");
        node(
                "cannot understand <flag>: \"<value>\" has no port between 1 and 65535",
                "tcp://127.0.0.1:70000");
        node(
                "cannot understand <flag>: \"<value>\" has no host; write scheme://host:port",
                "tcp:///x");
        node(
                "cannot understand <flag>: \"<value>\" is no address: <reason> at character <n>",
                "tcp://a b");
        node(
                "cannot understand <flag>: \"<value>\" has no host and port as they should be: a"
                        + " host is made of letters, digits, - and ., a port of digits",
                "tcp://my_node:26657");
        node(
                "cannot understand <flag>: \"<value>\" has a query or a fragment; leave it out",
                "https://node.example/?key=1");
        node(
                "cannot understand <flag>: \"<value>\" has a path, which gRPC does not know",
                "grpc://node.example:9090/x");
        says(
                "cannot understand --grpc-addr: \"<value>\" is no gRPC address; write host:port",
                "start",
                "--grpc-addr",
                "https://node.example");
        says(
                "cannot understand --height: <n> is below 0; 0 is the newest",
                "start",
                "--height",
                "-1");
        says(
                "cannot understand --chain-id: it is empty; name the chain that the node follows",
                "start",
                "--chain-id",
                "");
        says(
                "cannot understand --chain-id: it is empty; name the chain",
                "devnet",
                "--chain-id",
                "");
    }

    private void node(String message, String node) {
        says(message, "start", "--node", node);
    }

    private void addVariables() {
        checks.ends(
                "cannot understand VISOR_<FLAG>: <why>",
                () -> scene.place.with("VISOR_NODE", "ws://127.0.0.1:1").run("start"));
        checks.ends(
                "cannot use the proxy in <variable>: \"<value>\" is no address; write"
                        + " http://host:port",
                () ->
                        new Visor.Place(
                                        scene.home(),
                                        Map.of("HTTP_PROXY", "u:" + ErrorChecks.SECRET + "@"))
                                .run("init"));
    }
}

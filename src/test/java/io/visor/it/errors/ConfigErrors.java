package io.visor.it.errors;

import io.visor.it.Visor;
import java.nio.file.Files;
import java.nio.file.Path;

/// Messages about `config.yml`.
final class ConfigErrors {

    private final ErrorScene scene;
    private final ErrorChecks checks;
    private final Mistakes mistakes;

    ConfigErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
        this.mistakes = new Mistakes(scene, checks);
    }

    void add() {
        addFile();
        addYaml();
        addChain();
        addPrograms();
        addReleases();
    }

    private Visor.Result check(Path home) {
        return scene.run(Mistakes.check(home));
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
                    return scene.runAsOther(Mistakes.check(home));
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

    private void addChain() {
        says(
                "line <n> chain.network: this version of visor cannot follow <network> networks"
                        + " yet; use lava",
                "chain: {network: evm}\n");
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

    private void addUpgrades() {
        mistakes.program(
                "line <n> <key>: \"<value>\" is not known; use true, false or required-only",
                "p-auto: {upgrade: {auto: maybe}}");
        String rule = "; write Mon-Fri 08:00-18:00 Europe/Berlin, with or without days and zone";
        mistakes.program(
                "line <n> <key>: \"<value>\" is no window" + rule,
                "p-window: {upgrade: {window: always}}");
        mistakes.program(
                "line <n> <key>: \"<value>\" has a time or a zone that there is not" + rule,
                "p-zone: {upgrade: {window: [\"08:00-18:00 Europe/Atlantis\"]}}");
        mistakes.program(
                "line <n> <key>: \"<value>\" is no day; use Mon, Tue, Wed, Thu, Fri, Sat or Sun",
                "p-day: {upgrade: {window: \"Mo-Fr 08:00-18:00\"}}");
        mistakes.program(
                "line <n> <key>: \"<value>\" is no height; write digits only",
                "p-height: {upgrade: {not-before-height: soon}}");
        mistakes.program(
                "line <n> <key>: \"restore-backup\" needs a backup; say which paths",
                "p-restore: {upgrade: {rollback: restore-backup}}");
    }

    private void addPrograms() {
        mistakes.service(
                "line <n> <key>: \"<value>\" is neither true nor false",
                "command: b, log: {timestamps: maybe}");
        addUpgrades();
        mistakes.program("line <n> programs.<name>: is no name of a program: <rule>", "a b: {}");
        mistakes.program(
                "line <n> programs.<name>.binary: \"<value>\" is no file name: <rule>",
                "p-binary: {binary: bin/lavap}");
        mistakes.program(
                "line <n> programs.<name>.version.authority: this version of visor knows no"
                        + " authority \"<value>\"; use chain",
                "p-authority: {version: {authority: me}}");
        // A program of one's own without any release at all; the others have one that is wrong.
        mistakes.program(
                "line <n> programs.<name>.release: say where releases of <name> come from: github"
                        + " and asset, or url and checksum-url",
                "lily: {}");
    }

    private void release(String message, String release) {
        mistakes.program(
                "line <n> programs.<name>.release." + message,
                mistakes.newProgram() + ": {release: {" + release + "}}");
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
}

package io.visor.it.errors;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;

/// Messages about the files that `environment.file` names, and about what stands in them.
final class EnvironmentErrors {

    private static final String FILE = "line <n> services[<i>].environment.file: ";
    private static final String READABLE = "rw-r--r--";
    private static final int MEGABYTE = 1 << 20;

    private final ErrorScene scene;
    private final ErrorChecks checks;
    private final Mistakes mistakes;
    private int files;

    EnvironmentErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
        this.mistakes = new Mistakes(scene, checks);
    }

    void add() {
        addFiles();
        addLines();
        addExpansions();
    }

    private void names(String message, String names) {
        mistakes.service(FILE + message, "environment: {file: " + names + "}");
    }

    /// A file with a mistake.
    private void file(String message, byte[] content, String permissions) {
        String name = "e" + files++ + ".env";
        mistakes.file(name, content, permissions);
        names(message, name);
    }

    /// A line of a file with a mistake.
    private void line(String message, String line) {
        file(
                "<file> line <n>: " + message,
                ("A=1\n" + line + "\n").getBytes(StandardCharsets.UTF_8),
                READABLE);
    }

    private void addFiles() {
        names(
                "names <n> files; 20 are allowed",
                "[" + String.join(", ", Collections.nCopies(21, "a.env")) + "]");
        names("names no file", "\" \"");
        names("<file> is not there", "none.env");
        names("<file> is a directory", ".");
        names("<file> is no file", "/dev/null");
        file(
                "<file> may be written by every user here; chmod o-w it first",
                new byte[0],
                "rw-rw-rw-");
        file(
                "<file> is larger than 1 MB",
                "#".repeat(MEGABYTE + 1).getBytes(StandardCharsets.US_ASCII),
                READABLE);
        file("<file> is not UTF-8", new byte[] {(byte) 0xff}, READABLE);
        checks.ends(
                FILE + "<file>: permission denied for user <user>",
                () -> {
                    Path home =
                            scene.home(
                                    "services: [{name: a, command: b, environment: {file:"
                                            + " config.env}}]\n");
                    Path file = home.resolve(".lavavisor/config.env");
                    ErrorScene.allow(Files.createFile(file), "---------");
                    return scene.runAsOther(Mistakes.check(home));
                });
    }

    private void addLines() {
        line("is no assignment; write NAME=value, the name in letters, digits, _, . and -", "1A=2");
        line("<name> has a zero byte in it", "B=\0");
        line("<name> is longer than 127 kB", "B=" + "x".repeat((127 << 10) + 1));
        line(
                "<name>: all values together are longer than 1 MB",
                "B=" + "x".repeat(100_000) + "\nC=$B".repeat(10));
        line("<name>: the closing <quote> is missing", "B='open");
        line("<name>: something stands behind the closing <quote>", "B='a' b");
    }

    private void addExpansions() {
        line(
                "<name> has a $ that no name follows; write $$ for a $, or put the value between"
                        + " single quotes",
                "B=a$");
        line("<name> has a ${ that no name follows", "B=${-}");
        line("<name>: the } of a ${ is missing", "B=${A");
        line("<name>: ${<variable>…} is not understood; use :-, -, :?, ?, :+ or +", "B=${A%.env}");
        line("<name>: ${} stands in ${} too deep", "B=" + "${N:-".repeat(30) + "}".repeat(30));
        line("<name> needs <variable>: it is not set", "B=${NOBODY_SETS_THIS?}");
        line(
                "<name> needs <variable>: <what the file says>",
                "B=${NOBODY_SETS_THIS:?see the manual}");
    }
}

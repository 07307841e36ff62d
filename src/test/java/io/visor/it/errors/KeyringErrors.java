package io.visor.it.errors;

import io.visor.it.Visor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Messages about the password of the keyring.
final class KeyringErrors {

    private static final String READ = "cannot read the keyring's password: ";
    private static final String ONE_LINE = "; give one line";
    private static final String ANOTHER = "; name another file";

    private final ErrorScene scene;
    private final ErrorChecks checks;

    KeyringErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    void add() {
        addFlags();
        addFiles();
        addInput();
    }

    private static String[] wrap(Path home, String... more) {
        return Visor.words(
                more, "wrap", "--cmd", "lavap rpcconsumer x.yml", "--directory", home.toString());
    }

    private void addFlags() {
        checks.ends(
                "cannot understand --keyring-password-file: --enter-keyring-password stands beside"
                        + " it; use one of them",
                () ->
                        scene.run(
                                wrap(
                                        scene.home(),
                                        "--enter-keyring-password",
                                        "--keyring-password-file",
                                        "password")));
        checks.ends(
                "cannot understand --keyring-password-file: it is empty; name a file",
                () -> scene.run(wrap(scene.home(), "--keyring-password-file", "")));
    }

    private Visor.Result with(Path file) throws IOException {
        return scene.run(wrap(scene.home(), "--keyring-password-file", file.toString()));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(scene.home().resolve("password"), content);
    }

    private void addFiles() {
        checks.ends(READ + "<file> is not there" + ANOTHER, () -> with(Path.of("/none")));
        checks.ends(READ + "<file>: <reason>" + ANOTHER, () -> with(scene.home()));
        checks.ends(
                READ + "<file>: permission denied for user <user>" + ANOTHER,
                () -> {
                    Path file = ErrorScene.allow(file(ErrorChecks.SECRET), "---------");
                    return scene.runAsOther(
                            wrap(scene.home(), "--keyring-password-file", file.toString()));
                });
        checks.ends(
                READ + "the first line of <file> is longer than 1024 bytes" + ONE_LINE,
                () -> with(file(ErrorChecks.SECRET.repeat(200))));
        checks.ends(
                READ + "the first line of <file> is empty" + ONE_LINE,
                () -> with(file("\n" + ErrorChecks.SECRET)));
    }

    /// Asks for a password that a shell gives.
    private Visor.Result entered(String shell) throws IOException {
        List<String> by = List.of("sh", "-c", shell);
        try (Visor visor = scene.startBy(by, wrap(scene.home(), "--enter-keyring-password"))) {
            return visor.end();
        }
    }

    private void addInput() {
        checks.ends(
                READ + "the first line of standard input is empty" + ONE_LINE,
                () -> entered("exec \"$0\" \"$@\" < /dev/null"));
        checks.ends(
                READ + "standard input: <reason>" + ONE_LINE,
                () -> entered("exec \"$0\" \"$@\" < /"));
        checks.ends(
                READ + "nothing was entered" + ONE_LINE,
                // The password is asked for on a terminal, which script makes of a pipe.
                () ->
                        entered(
                                """
                                words=$(printf "'%s' " "$0" "$@")
                                echo | script -qec "$words" /dev/null >&2
                                """));
    }
}

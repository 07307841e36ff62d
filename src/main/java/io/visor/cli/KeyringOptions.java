package io.visor.cli;

import io.visor.model.CannotException;
import io.visor.model.FileFailures;
import io.visor.model.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The password of the keyring, which lives in memory only: the program finds it in its standard
/// input at every start.
final class KeyringOptions {

    /// What systemd calls the folder of a unit's credentials (systemd.exec(5), `LoadCredential=`).
    private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

    private static final String CREDENTIAL = "keyring-password";

    private static final String READ = "read the keyring's password";
    private static final String INPUT = "standard input";

    /// What a pipe takes at once is more; a password is shorter.
    private static final int MAX_BYTES = 1024;

    @Option(
            names = "--enter-keyring-password",
            description =
                    "Ask for the keyring's password once, and give it to the program at every"
                            + " start. Without a terminal it is one line of standard input.")
    private boolean enter;

    @Option(
            names = "--keyring-password-file",
            paramLabel = "FILE",
            description =
                    "Read the keyring's password from the first line of this file. The systemd"
                            + " credential keyring-password is used without being asked for.")
    private @Nullable String file;

    /// The password, with an end of line.
    ///
    /// @return null if there is none
    /// @throws CannotException if it was asked for and cannot be had
    @Nullable Secret read(Console console) {
        if (enter && file != null) {
            throw CannotException.untilChanged(
                    "understand --keyring-password-file",
                    "--enter-keyring-password stands beside it; use one of them");
        }
        if (file != null) {
            if (file.isBlank()) {
                throw CannotException.untilChanged(
                        "understand --keyring-password-file", "it is empty; name a file");
            }
            return ofFile(console.path("--keyring-password-file", file));
        }
        if (enter) {
            java.io.Console terminal = System.console();
            return terminal == null ? ofInput(System.in) : ofTerminal(terminal);
        }
        String credentials = console.environment().get(CREDENTIALS);
        Path credential = credentials == null ? null : Path.of(credentials, CREDENTIAL);
        return credential != null && Files.exists(credential) ? ofFile(credential) : null;
    }

    private static Secret ofFile(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return line(in, path.toString());
        } catch (IOException e) {
            throw CannotException.untilChanged(
                    READ, FileFailures.why(path, e) + "; name another file");
        }
    }

    private static Secret ofInput(InputStream in) {
        try {
            return line(in, INPUT);
        } catch (IOException e) {
            throw CannotException.untilChanged(
                    READ, FileFailures.why(Path.of(INPUT), e) + "; give one line");
        }
    }

    private static Secret ofTerminal(java.io.Console terminal) {
        char[] password = terminal.readPassword("Please enter the keyring password: ");
        if (password == null || password.length == 0) {
            throw none("nothing was entered");
        }
        byte[] bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password)).array();
        Arrays.fill(password, '\0');
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return ended(Arrays.copyOf(bytes, length));
    }

    /// Reads one line, and nothing behind it.
    private static Secret line(InputStream in, String where) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() == MAX_BYTES) {
                throw none("the first line of " + where + " is longer than 1024 bytes");
            }
            line.write(next);
        }
        byte[] bytes = line.toByteArray();
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == '\r') {
            length--;
        }
        if (length == 0) {
            throw none("the first line of " + where + " is empty");
        }
        return ended(Arrays.copyOf(bytes, length));
    }

    private static Secret ended(byte[] password) {
        byte[] line = Arrays.copyOf(password, password.length + 1);
        line[password.length] = '\n';
        return new Secret(line);
    }

    private static CannotException none(String why) {
        return CannotException.untilChanged(READ, why + "; give one line");
    }
}

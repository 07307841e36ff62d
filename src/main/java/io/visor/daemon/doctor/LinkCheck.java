package io.visor.daemon.doctor;

import io.visor.model.Lavap;
import io.visor.process.Executables;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where the active link leads, and whether it is what people get who type the program's name.
record LinkCheck() implements Check {

    private static final String SUBJECT = "link";
    private static final String INIT = "visor init --auto-download";

    @Override
    public List<Finding> run(Host host) {
        Path link = host.home().bin().resolve(Lavap.BINARY);
        if (!Files.exists(link)) {
            return List.of(
                    Files.exists(link, LinkOption.NOFOLLOW_LINKS)
                            ? new Finding.Wrong(
                                    SUBJECT, link + " leads to a file that is not there", INIT)
                            : new Finding.Note(SUBJECT, link + " is not there yet", INIT));
        }
        Finding active = new Finding.Fine(SUBJECT, link + " leads to " + real(link));
        Optional<Path> onPath = Executables.onPath(Lavap.BINARY, host.environment(), Path.of("/"));
        if (onPath.isEmpty()) {
            return List.of(
                    active,
                    new Finding.Note(
                            SUBJECT,
                            "no " + Lavap.BINARY + " is on PATH",
                            "export PATH=" + host.home().bin() + ":$PATH"));
        }
        Path found = onPath.get();
        return List.of(
                active,
                real(found).equals(real(link))
                        ? new Finding.Fine(SUBJECT, found + " leads there too")
                        : new Finding.Wrong(
                                SUBJECT,
                                found
                                        + ", which is first on PATH, leads to "
                                        + real(found)
                                        + ", not to the active version",
                                "visor init --force"));
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (java.io.IOException e) {
            // It has gone since it was looked for; its own name says as much.
            return path;
        }
    }
}

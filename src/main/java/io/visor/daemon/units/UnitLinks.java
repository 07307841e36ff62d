package io.visor.daemon.units;

import io.visor.model.CannotException;
import io.visor.model.FileFailures;
import io.visor.model.Home;
import io.visor.store.KeptAside;
import io.visor.systemd.unit.UnitFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The units that are there, in the home and in systemd's directory.
final class UnitLinks {

    private static final Path NOTHING = Path.of("/dev/null");

    private final Home home;
    private final UnitPlacement placement;
    private final Path directory;
    private final List<Path> installed;
    private final Caller caller;

    UnitLinks(Home home, Caller caller, UnitPlacement placement) {
        this.home = home;
        this.placement = placement;
        this.directory =
                placement.unitDirectory().orElseGet(() -> caller.unitDirectory(placement.ofUser()));
        this.caller = caller;
        this.installed = caller.installedUnits(placement.ofUser());
    }

    /// A unit that is there: the home's, else systemd's.
    Optional<UnitFile> present(String unit) {
        return read(home.services().resolve(unit)).or(() -> read(directory.resolve(unit)));
    }

    /// The same, for a consumer or a provider, without what gives way to it: with `--force`, a unit
    /// of systemd's directory that is neither.
    Optional<UnitFile> presentOfLavap(String unit) {
        return read(home.services().resolve(unit))
                .or(() ->
                        read(directory.resolve(unit))
                                .filter(file ->
                                        !placement.link()
                                                || !placement.force()
                                                || file.role().isPresent()));
    }

    private static Optional<UnitFile> read(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(UnitFile.parse(Files.readString(file)))
                    : Optional.empty();
        } catch (IOException e) {
            throw CannotException.untilChanged(
                    UnitNames.WHAT, FileFailures.why(file, e) + "; mend it, or move it away");
        }
    }

    /// The names of the units in the home, with `.service`.
    List<String> namesInHome() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(home.services(), "*" + UnitNames.SUFFIX)) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        } catch (NoSuchFileException e) {
            // A home without services yet.
            return names;
        }
        names.sort(null);
        return names;
    }

    /// The link to be made, if one is asked for.
    ///
    /// @throws CannotException if it cannot be made
    Optional<UnitPlan.Link> plan(String unit) {
        if (!placement.link()) {
            return Optional.empty();
        }
        Path link = directory.resolve(unit);
        checkDirectory();
        if (Files.isSymbolicLink(link)) {
            refuseMasked(link, unit);
            return Optional.of(new UnitPlan.Link(link, false));
        }
        boolean isThere = Files.exists(link, LinkOption.NOFOLLOW_LINKS);
        if (!isThere) {
            refuseHiding(link, unit);
        }
        if (isThere && !placement.force()) {
            throw CannotException.untilChanged(
                    "link " + link,
                    (Files.isDirectory(link) ? "it is a directory" : "it is a regular file")
                            + ", not a link; move it away, or use --force, which keeps it as "
                            + link.getFileName()
                            + KeptAside.SUFFIX);
        }
        return Optional.of(new UnitPlan.Link(link, isThere));
    }

    /// A unit of a package's would not be started any more.
    private void refuseHiding(Path link, String unit) {
        Optional<Path> hidden =
                hiddenBy(directory).stream()
                        .map(place -> place.resolve(unit))
                        .filter(Files::exists)
                        .findFirst();
        if (hidden.isPresent() && !placement.force()) {
            throw CannotException.untilChanged(
                    "link " + link,
                    "it would hide " + hidden.get() + "; choose another name, or use --force");
        }
    }

    /// Where units are that give way to those of a directory, which may be that of an image, and
    /// hide nothing here.
    private List<Path> hiddenBy(Path directory) {
        int place = installed.indexOf(directory);
        if (place < 0) {
            return placement.unitDirectory().isPresent() ? List.of() : installed;
        }
        return installed.subList(place + 1, installed.size());
    }

    private void refuseMasked(Path link, String unit) {
        try {
            if (Files.readSymbolicLink(link).equals(NOTHING) && !placement.force()) {
                throw CannotException.untilChanged(
                        "link " + link, unit + " is masked; systemctl unmask it, or use --force");
            }
        } catch (IOException e) {
            throw CannotException.now("link " + link, FileFailures.why(link, e), e);
        }
    }

    /// A link that no systemd will read promises a service that never comes up. An image that is
    /// being built has to say by `--unit-dir` that it means it.
    private void checkDirectory() {
        if (!caller.hasSystemd() && placement.unitDirectory().isEmpty()) {
            throw CannotException.now(
                    UnitNames.WHAT,
                    "systemd does not run this machine; leave out --create-link, or let visor run"
                        + " the command by itself, as a service in config.yml; for an image that"
                        + " systemd will run, use --unit-dir "
                            + directory);
        }
        if (Files.isDirectory(directory)) {
            if (!Files.isWritable(directory)) {
                throw CannotException.untilChanged(
                        UnitNames.WHAT,
                        directory
                                + " is not writable for user "
                                + System.getProperty("user.name", "?")
                                + (placement.ofUser() || caller.isRoot()
                                        ? "; use --unit-dir"
                                        : "; run as root or use --user"));
            }
        } else if (!placement.ofUser()) {
            throw CannotException.untilChanged(
                    UnitNames.WHAT,
                    directory + " is not there; make it, or name another one with --unit-dir");
        }
    }
}

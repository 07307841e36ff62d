package io.visor.daemon.units;

import io.visor.config.ConfigEditor;
import io.visor.model.CannotException;
import io.visor.model.FileFailures;
import io.visor.model.Home;
import io.visor.store.KeptAside;
import io.visor.systemd.unit.PolkitRule;
import io.visor.systemd.unit.UnitFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Makes a service for systemd: its configuration, its unit, its link and its place in config.yml,
/// all of it or nothing. Doing it again changes nothing that is as it should be.
public final class UnitSetup {

    /// What to do when a place cannot be written.
    static final String ELSEWHERE = "; nothing was changed; put that right, or use --directory";

    private final Home home;
    private final Caller caller;
    private final UnitPlacement placement;

    /// What a unit is, and what was done.
    ///
    /// @param kind what it is for: `consumer`, `provider`, `program` or `visor`
    /// @param unit its name, with `.service`
    /// @param text its file
    /// @param file where that is
    /// @param user as whom it runs; nothing: the user whose systemd keeps it
    /// @param workingDirectory where it runs
    /// @param config the copy of its configuration, if it has one
    /// @param listedIn the config.yml that names it, if one does
    /// @param link the link in the unit directory, if it was made or is there
    /// @param polkit a rule for polkit that must be installed by hand, if one is needed
    /// @param changed whether anything was changed
    /// @param notes what the operator must know besides
    public record Result(
            String kind,
            String unit,
            String text,
            Path file,
            Optional<String> user,
            Path workingDirectory,
            Optional<Path> config,
            Optional<Path> listedIn,
            Optional<Path> link,
            Optional<Path> polkit,
            boolean changed,
            List<String> notes) {

        public Result {
            notes = List.copyOf(notes);
        }

        /// The commands that install the rule for polkit, if one is needed; for root.
        public Optional<String> polkitInstallation() {
            return polkit.map(PolkitRule::installing);
        }
    }

    /// Prepares the work; nothing is done yet.
    public UnitSetup(Home home, Caller caller, UnitPlacement placement) {
        this.home = home;
        this.caller = caller;
        this.placement = placement;
    }

    /// Where an operator keeps templates that go before visor's.
    public static Path ownTemplates(Home home) {
        return home.root().resolve("templates/systemd");
    }

    /// Says what would be done; nothing is written.
    ///
    /// @throws CannotException if it could not be done
    /// @throws io.visor.config.ConfigException if a configuration file is wrong
    public Result show(UnitRequest request) {
        UnitPlan plan = new UnitPlanner(home, caller, placement).plan(request);
        return result(plan, false, plan.notes());
    }

    /// Does it.
    ///
    /// @throws CannotException if it cannot be done; nothing was changed then
    /// @throws io.visor.config.ConfigException if a configuration file is wrong
    public Result make(UnitRequest request) {
        UnitPlan plan = new UnitPlanner(home, caller, placement).plan(request);
        Optional<String> list = plan.entry().map(entry -> ConfigEditor.add(home.config(), entry));
        Changes changes = new Changes();
        List<String> notes = new ArrayList<>(plan.notes());
        try {
            apply(plan, list, changes, notes);
        } catch (IOException e) {
            changes.undo(e);
            throw CannotException.now(
                    UnitNames.WHAT, FileFailures.why(home.services(), e) + ELSEWHERE, e);
        } catch (RuntimeException e) {
            changes.undo(e);
            throw e;
        }
        return result(plan, changes.changed(), notes);
    }

    private void apply(UnitPlan plan, Optional<String> list, Changes changes, List<String> notes)
            throws IOException {
        Optional<Owner> users = users(plan);
        Optional<Owner> homes = homes(users);
        changes.directory(home.services(), homes);
        if (!Files.isDirectory(plan.workingDirectory())) {
            Path parent = plan.workingDirectory().getParent();
            if (parent != null) {
                changes.directory(parent, homes);
            }
            changes.directory(plan.workingDirectory(), users);
        }
        if (plan.config().isPresent()) {
            UnitPlan.Copy copy = plan.config().get();
            changes.directory(home.protocolConfigs(), homes);
            changes.file(copy.file(), copy.text(), users, Optional.of(copy.from()));
        }
        // LavaVisor's layout; nothing is written there for units, whose output is in the journal.
        changes.directory(home.logs(), homes);
        keepForeign(plan, changes, notes);
        changes.file(plan.file(), plan.text(), homes, Optional.empty());
        if (plan.polkit().isPresent()) {
            UnitPlan.Copy rule = plan.polkit().get();
            changes.file(rule.file(), rule.text(), homes, Optional.empty());
        }
        if (plan.link().isPresent()) {
            UnitPlan.Link link = plan.link().get();
            Path directory = link.file().getParent();
            if (directory != null) {
                changes.directory(directory, Optional.empty());
            }
            if (link.movesAside()) {
                notes.add(
                        "what stood in the link's place is now " + changes.moveAside(link.file()));
            }
            noteOther(link.file(), plan.file(), notes);
            changes.link(link.file(), plan.file());
        }
        if (list.isPresent()) {
            changes.file(home.config(), list.get(), homes, Optional.empty());
        }
    }

    /// A unit that visor has not made may have been made as it is with care. A template of the
    /// operator's own may not say who has made a unit; then the first one is kept.
    private static void keepForeign(UnitPlan plan, Changes changes, List<String> notes)
            throws IOException {
        if (!Files.isRegularFile(plan.file())) {
            return;
        }
        String before = Files.readString(plan.file());
        boolean isVisors =
                before.contains(UnitFile.MADE_BY_VISOR)
                        || !plan.text().contains(UnitFile.MADE_BY_VISOR)
                                && KeptAside.isKept(plan.file());
        if (before.equals(plan.text()) || isVisors) {
            return;
        }
        UnitFile made = UnitFile.parse(plan.text());
        List<String> lost =
                UnitFile.parse(before).flags().stream()
                        // A consumer's is lavap's own mistake.
                        .filter(flag -> !flag.equals("--parallel-connections"))
                        .filter(flag -> !made.hasFlag(flag))
                        .toList();
        notes.add(
                "the unit that was there is now "
                        + changes.moveAside(plan.file())
                        + (lost.isEmpty()
                                ? ""
                                : "; "
                                        + String.join(", ", lost)
                                        + " of its command is not in this one: add it with"
                                        + " systemctl edit"));
    }

    private static void noteOther(Path link, Path file, List<String> notes) throws IOException {
        if (Files.isSymbolicLink(link) && Files.exists(link)) {
            Path before = link.toRealPath();
            if (!before.equals(file.toRealPath()) && !before.equals(Path.of("/dev/null"))) {
                notes.add(link + " led to " + before + " before");
            }
        }
    }

    /// To whom belongs what the service itself writes or reads; nothing: to this process.
    private Optional<Owner> users(UnitPlan plan) throws IOException {
        return caller.isRoot() && plan.user().isPresent()
                ? Optional.of(Owner.of(plan.user().get()))
                : Optional.empty();
    }

    /// To whom belongs what is new in the home: to whom the home belongs, or, if it is new, to the
    /// service's user.
    private Optional<Owner> homes(Optional<Owner> users) throws IOException {
        if (!caller.isRoot()) {
            return Optional.empty();
        }
        return Files.exists(home.root()) ? Optional.of(Owner.near(home.root())) : users;
    }

    private Result result(UnitPlan plan, boolean changed, List<String> notes) {
        return new Result(
                plan.kind().name().toLowerCase(Locale.ROOT),
                plan.unit(),
                plan.text(),
                plan.file(),
                plan.user(),
                plan.workingDirectory(),
                plan.config().map(UnitPlan.Copy::file),
                plan.entry().map(_ -> home.config()),
                plan.link().map(UnitPlan.Link::file),
                plan.polkit().map(UnitPlan.Copy::file),
                changed,
                notes);
    }
}

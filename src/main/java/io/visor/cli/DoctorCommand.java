package io.visor.cli;

import io.visor.daemon.doctor.Doctor;
import io.visor.daemon.doctor.Finding;
import io.visor.daemon.doctor.Host;
import io.visor.daemon.units.Caller;
import io.visor.json.Json;
import io.visor.model.Home;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "doctor",
        description = "Look for what is wrong on this host, and say what to do.",
        footer = {"", "Examples:", "  visor doctor", "  visor doctor -o json"})
final class DoctorCommand implements Callable<Integer> {

    @Mixin private HomeOptions home = new HomeOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    private final Console console;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Finding> findings = Doctor.examine(host());
        boolean ok = findings.stream().noneMatch(Finding.Wrong.class::isInstance);
        if (output.isJson()) {
            console.out()
                    .println(
                            Json.object(
                                            "ok",
                                            ok,
                                            "findings",
                                            findings.stream().map(DoctorCommand::json).toList())
                                    .writePretty());
        } else {
            findings.forEach(this::print);
        }
        return ok ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private Host host() {
        Home where = home.home(console);
        Caller caller =
                Caller.current(
                        console.userHome(), console.workingDirectory(), console.environment());
        return new Host(
                where,
                console.userHome(),
                console.environment(),
                caller.unitDirectory(false),
                caller.unitDirectory(true),
                caller.hasSystemd(),
                Path.of("/etc/polkit-1/rules.d"));
    }

    private static String level(Finding finding) {
        return switch (finding) {
            case Finding.Fine _ -> "ok";
            case Finding.Note _ -> "note";
            case Finding.Wrong _ -> "wrong";
        };
    }

    private static String next(Finding finding) {
        return switch (finding) {
            case Finding.Fine _ -> "";
            case Finding.Note note -> note.next();
            case Finding.Wrong wrong -> wrong.next();
        };
    }

    private static Json json(Finding finding) {
        return Json.object(
                "level",
                level(finding),
                "subject",
                finding.subject(),
                "text",
                finding.text(),
                "next",
                next(finding).isEmpty() ? null : next(finding));
    }

    private void print(Finding finding) {
        console.out()
                .println(
                        String.format(
                                "%-6s %s: %s", level(finding), finding.subject(), finding.text()));
        if (!next(finding).isEmpty()) {
            console.out().println("       Next: " + next(finding));
        }
    }
}

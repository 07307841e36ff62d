package io.visor.it.errors;

import io.visor.it.Visor;
import io.visor.it.errors.ErrorChecks.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A `config.yml` in which every service and every program has its own mistake: all of them are
/// reported together, by one command.
final class Mistakes {

    private final ErrorScene scene;
    private final ErrorChecks checks;
    private final List<String> services = new ArrayList<>();
    private final List<String> programs = new ArrayList<>();
    private final Map<String, Extra> files = new LinkedHashMap<>();
    private Visor.@Nullable Result result;

    /// A file beside the configuration.
    private record Extra(byte[] content, String permissions) {}

    Mistakes(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
    }

    /// A command that looks at the configuration of a home, and does nothing else.
    static String[] check(Path home) {
        return new String[] {"config", "check", "--directory", home.toString()};
    }

    /// A mistake in a service that has a name and a command of its own.
    ///
    /// @param rest the keys behind these
    void service(String message, String rest) {
        item(message, "{name: s" + services.size() + ", command: b, " + rest + "}");
    }

    /// A mistake in a service.
    ///
    /// @param item the item of the list `services`
    void item(String message, String item) {
        services.add(item);
        checks.ends(message, reported());
    }

    /// A service without a mistake, for one that comes later.
    void sound(String item) {
        services.add(item);
    }

    /// A mistake in a program.
    ///
    /// @param entry the name and the mapping
    void program(String message, String entry) {
        programs.add(entry);
        checks.ends(message, reported());
    }

    /// A name for a program that no other one here has.
    String newProgram() {
        return "p" + programs.size();
    }

    /// A file beside the configuration.
    void file(String name, byte[] content, String permissions) {
        files.put(name, new Extra(content, permissions));
    }

    private Command reported() {
        return this::result;
    }

    private synchronized Visor.Result result() throws IOException {
        Visor.Result reported = result;
        if (reported == null) {
            Path home =
                    scene.home(
                            list("services", "\n  - ", services)
                                    + list("programs", "\n  ", programs));
            for (Map.Entry<String, Extra> file : files.entrySet()) {
                Path path = home.resolve(".lavavisor").resolve(file.getKey());
                Files.write(path, file.getValue().content);
                ErrorScene.allow(path, file.getValue().permissions);
            }
            reported = scene.run(check(home));
            result = reported;
        }
        return reported;
    }

    private static String list(String key, String before, List<String> entries) {
        return entries.isEmpty() ? "" : key + ":" + before + String.join(before, entries) + "\n";
    }
}

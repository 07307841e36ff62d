package io.visor.model;

import java.nio.file.Path;

/// The folder that holds all that visor keeps, and where each thing stands in it. The layout is
/// LavaVisor's; what visor adds stands beside it.
///
/// @param root an absolute path; by default `~/.lavavisor`
public record Home(Path root) {

    /// The name of the folder in the directory that `--directory` names.
    public static final String FOLDER = ".lavavisor";

    public Home {
        if (!root.isAbsolute()) {
            throw new IllegalArgumentException("a home has an absolute path: " + root);
        }
    }

    /// The home in a directory.
    public static Home in(Path directory) {
        return new Home(directory.toAbsolutePath().normalize().resolve(FOLDER));
    }

    public Path config() {
        return root.resolve("config.yml");
    }

    /// What is kept of upgrades and services: SQLite's file, with two more beside it.
    public Path database() {
        return root.resolve("visor.db");
    }

    /// The versions of a program: one folder each, `v<version>`.
    public Path upgrades(ProgramName program) {
        return program.equals(Lavap.NAME)
                ? root.resolve("upgrades")
                : programs().resolve(program.text()).resolve("upgrades");
    }

    /// The folders of all programs but Lava's.
    public Path programs() {
        return root.resolve("programs");
    }

    /// Where backups go by default: below it, a folder for each instance, with one for each
    /// program.
    public Path backups() {
        return root.resolve("backups");
    }

    /// The links that name the active binaries of `init` and `start`.
    public Path bin() {
        return root.resolve("bin");
    }

    public Path services() {
        return root.resolve("services");
    }

    public Path logs() {
        return services().resolve("logs");
    }

    /// The copies of the consumers' and providers' configuration files.
    public Path protocolConfigs() {
        return services().resolve("protocol_yml_configs");
    }

    /// Where the folders of the instances are.
    public Path instances() {
        return root.resolve("instances");
    }

    /// What belongs to one instance.
    public Instance instance(InstanceName name) {
        return new Instance(instances().resolve(name.text()));
    }

    /// The folder of one instance.
    ///
    /// @param root an absolute path
    public record Instance(Path root) {

        /// Held for as long as the instance runs; its text says who holds it.
        public Path lock() {
            return root.resolve("lock");
        }

        /// What holds only while it runs.
        public Path run() {
            return root.resolve("run");
        }

        /// The links that name the active binaries of a `wrap` or `pod`.
        public Path bin() {
            return root.resolve("bin");
        }
    }

    @Override
    public String toString() {
        return root.toString();
    }
}

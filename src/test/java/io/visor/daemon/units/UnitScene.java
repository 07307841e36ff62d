package io.visor.daemon.units;

import io.visor.model.Home;
import io.visor.model.ProgramName;
import io.visor.model.Role;
import io.visor.model.ServiceName;
import io.visor.systemd.unit.UnitFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A user's home with visor's in it, systemd's directory, and configuration files to make units
/// from.
final class UnitScene {

    static final String CONSUMER =
            "endpoints: [{chain-id: ETH1, api-interface: jsonrpc, network-address: 'x:1'}]\n";
    static final String PROVIDER =
            "endpoints: [{chain-id: ETH1, api-interface: jsonrpc, network-address: {address:"
                    + " 'x:1'}, node-urls: [{url: 'http://x'}]}]\n";

    final Path root;
    final Path userHome;
    final Home home;
    final Path systemd;
    private boolean hasSystemd = true;

    UnitScene(Path directory) throws IOException {
        this.root = directory;
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        this.userHome = Files.createDirectories(directory.resolve("users/op"));
        this.home = Home.in(userHome);
        this.systemd = Files.createDirectories(directory.resolve("systemd"));
    }

    void stopSystemd() {
        hasSystemd = false;
    }

    Caller caller() {
        String name = System.getProperty("user.name", "?");
        Map<String, String> environment =
                Map.of("PATH", "/bin", "SYSTEMD_UNIT_PATH", systemd + ":" + root.resolve("lib"));
        return new Caller(name, name.equals("root"), userHome, userHome, environment, hasSystemd);
    }

    Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /// A unit as LavaVisor makes it.
    Path lavaVisors(String unit, String role, String from, String config) throws IOException {
        Files.createDirectories(home.services());
        return Files.writeString(
                home.services().resolve(unit),
                "[Unit]\nDescription=daemon\n[Service]\nWorkingDirectory="
                        + userHome
                        + "/go/bin/\nExecStart="
                        + userHome
                        + "/go/bin/lavap "
                        + role
                        + " "
                        + config
                        + " --from "
                        + from
                        + " --chain-id lava\nUser="
                        + caller().name()
                        + "\nRestart=always\nRestartSec=180\n");
    }

    static UnitPlacement unlinked() {
        return new UnitPlacement(
                false, false, false, Optional.empty(), Optional.empty(), Optional.empty());
    }

    UnitPlacement linked() {
        return new UnitPlacement(
                true, false, false, Optional.empty(), Optional.of(systemd), Optional.empty());
    }

    UnitPlacement forced() {
        return new UnitPlacement(
                true, true, false, Optional.empty(), Optional.of(systemd), Optional.empty());
    }

    static UnitPlacement runsAs(String user) {
        return new UnitPlacement(
                false, false, false, Optional.of(user), Optional.empty(), Optional.empty());
    }

    static UnitPlacement worksIn(Path directory) {
        return new UnitPlacement(
                false, false, false, Optional.empty(), Optional.empty(), Optional.of(directory));
    }

    static UnitRequest.OfLavap lavap(Role role, Path config, String from) {
        return new UnitRequest.OfLavap(
                role, config, from, 1, "lava", "test", "tcp://localhost:26657", "debug", 10);
    }

    UnitRequest.OfLavap consumer(String from) throws IOException {
        return lavap(Role.CONSUMER, write("c/consumer.yml", CONSUMER), from);
    }

    UnitRequest.OfLavap provider(String from) throws IOException {
        return lavap(Role.PROVIDER, write("c/provider.yml", PROVIDER), from);
    }

    static UnitRequest.OfCommand command(String name, String program, String... words) {
        return new UnitRequest.OfCommand(
                new ServiceName(name),
                program.isEmpty() ? Optional.empty() : Optional.of(new ProgramName(program)),
                List.of(words));
    }

    UnitSetup.Result make(UnitRequest request) {
        return make(unlinked(), request);
    }

    UnitSetup.Result make(UnitPlacement placement, UnitRequest request) {
        return new UnitSetup(home, caller(), placement).make(request);
    }

    static UnitFile unit(UnitSetup.Result result) throws IOException {
        return UnitFile.parse(Files.readString(result.file()));
    }

    /// Everything below the scene's directory, with what files hold and links point to.
    String all() throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted().toList()) {
                text.append(path).append(' ');
                if (Files.isSymbolicLink(path)) {
                    text.append("-> ").append(Files.readSymbolicLink(path));
                } else if (Files.isRegularFile(path)) {
                    text.append(Files.getPosixFilePermissions(path)).append(Files.readString(path));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }
}

package io.visor.devnet.lavap;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A small stand-in for `lavap` that behaves to its supervisor as the real one does: `version`
/// prints the bare version; `rpcconsumer` and `rpcprovider` look their configuration up in `$HOME`,
/// `$HOME/config`, the working directory and its `config`, never at an absolute path; it dies at
/// once by `SIGTERM` and ends properly on `SIGINT`. It answers every HTTP request with its version,
/// so that an upgrade can be seen.
public final class Lavap {

    private static final Pattern ADDRESS =
            Pattern.compile("address:\\s*[\"']?([^\\s\"':]+):(\\d+)");
    private static final Set<String> FLAGS =
            Set.of(
                    "--from",
                    "--geolocation",
                    "--chain-id",
                    "--keyring-backend",
                    "--node",
                    "--log_level",
                    "--home");

    private final Properties release;
    private final String[] arguments;

    private Lavap(Properties release, String[] arguments) {
        this.release = release;
        this.arguments = arguments;
    }

    /// Runs the program.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Properties release = new Properties();
        try (InputStream in = Lavap.class.getResourceAsStream("/release.properties")) {
            if (in != null) {
                release.load(in);
            }
        }
        System.exit(new Lavap(release, arguments).run());
    }

    private String version() {
        return release.getProperty("version", "0.0.0");
    }

    private int run() throws IOException, InterruptedException {
        String command = arguments.length == 0 ? "" : arguments[0];
        switch (command) {
            case "version" -> {
                System.out.println(version());
                return 0;
            }
            case "rpcconsumer", "rpcprovider" -> {
                return serve(command);
            }
            default -> {
                System.err.println("Error: unknown command \"" + command + "\" for \"lavap\"");
                return 1;
            }
        }
    }

    private int serve(String command) throws IOException, InterruptedException {
        List<String> configs = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            String argument = arguments[i];
            String flag =
                    argument.contains("=")
                            ? argument.substring(0, argument.indexOf('='))
                            : argument;
            boolean known =
                    FLAGS.contains(flag)
                            || command.equals("rpcprovider")
                                    && flag.equals("--parallel-connections");
            if (flag.startsWith("-") && !known) {
                System.err.println("Error: unknown flag: " + flag);
                return 1;
            }
            if (flag.startsWith("-")) {
                i += argument.contains("=") ? 0 : 1;
            } else {
                configs.add(argument);
            }
        }
        Path config = configs.isEmpty() ? null : find(configs.getFirst());
        if (config == null) {
            System.err.println(
                    "Error: Config File \"" + String.join(" ", configs) + "\" Not Found");
            return 1;
        }
        handleSignals();
        // Which process of which version ran when; tests and benchmarks read it.
        trace("start");
        Matcher address = ADDRESS.matcher(Files.readString(config));
        if (address.find()) {
            ServerSocket server =
                    new ServerSocket(
                            Integer.parseInt(address.group(2)),
                            64,
                            InetAddress.getByName(address.group(1)));
            Thread.ofPlatform().daemon().start(() -> answer(server, command));
        }
        System.err.println("Process Started");
        String exitAfter = release.getProperty("exit-after-millis");
        if (exitAfter != null) {
            Thread.sleep(Long.parseLong(exitAfter));
            System.err.println("panic: this release is broken");
            return Integer.parseInt(release.getProperty("exit-code", "1"));
        }
        Thread.currentThread().join();
        return 0;
    }

    private static @Nullable Path find(String name) {
        String home = System.getenv("HOME");
        if (home == null || name.startsWith("/")) {
            return null;
        }
        for (String folder : new String[] {home, home + "/config", "", "config"}) {
            Path candidate = Path.of(folder).resolve(name);
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private void handleSignals() {
        // By default a JVM exits with 143 on TERM; the real program is killed by it.
        sun.misc.Signal.handle(new sun.misc.Signal("TERM"), sun.misc.SignalHandler.SIG_DFL);
        boolean deaf = Boolean.parseBoolean(release.getProperty("ignores-int", "false"));
        sun.misc.Signal.handle(
                new sun.misc.Signal("INT"),
                deaf
                        ? sun.misc.SignalHandler.SIG_IGN
                        : _ -> {
                            trace("stop");
                            Runtime.getRuntime().halt(0);
                        });
    }

    private void answer(ServerSocket server, String command) {
        while (true) {
            try (Socket socket = server.accept()) {
                byte[] request = new byte[4096];
                int unused = socket.getInputStream().read(request);
                String body =
                        "lavap "
                                + version()
                                + " "
                                + command
                                + " pid "
                                + ProcessHandle.current().pid()
                                + "\n";
                String head =
                        "HTTP/1.1 200 OK\r\nContent-Length: "
                                + body.length()
                                + "\r\nConnection: close\r\n\r\n";
                socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                System.err.println("request failed: " + e.getMessage());
            }
        }
    }

    /// Appends a line to the file that `LAVAP_TRACE` names: event, version, pid, nanoseconds of the
    /// monotonic clock.
    private void trace(String event) {
        String file = System.getenv("LAVAP_TRACE");
        if (file == null) {
            return;
        }
        String line =
                event
                        + " "
                        + version()
                        + " "
                        + ProcessHandle.current().pid()
                        + " "
                        + System.nanoTime()
                        + "\n";
        try {
            Files.writeString(
                    Path.of(file),
                    line,
                    java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.APPEND);
        } catch (IOException e) {
            System.err.println("cannot trace: " + e.getMessage());
        }
    }
}

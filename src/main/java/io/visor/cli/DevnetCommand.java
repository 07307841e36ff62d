package io.visor.cli;

import io.visor.devnet.Devnet;
import io.visor.devnet.DevnetClient;
import io.visor.json.Json;
import io.visor.model.CannotException;
import io.visor.model.Durations;
import io.visor.model.FileFailures;
import io.visor.model.Version;
import io.visor.time.Scheduler;
import io.visor.time.SystemScheduler;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "devnet",
        description = "Run an embedded Lava-like chain and a release host, to try visor on.",
        footer = {
            "",
            "Examples:",
            "  visor devnet --block-time 1s",
            "  visor devnet propose --target 1.1.0 --min 1.0.0"
        })
final class DevnetCommand implements Callable<Integer> {

    static final String DIRECTORY = "~/.visor-devnet";

    /// The largest release that visor fetches has about this many megabytes.
    private static final int MAX_RELEASE_SIZE = 2000;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            defaultValue = DIRECTORY,
            description =
                    "Where the devnet keeps its releases and its addresses (default:"
                            + " ${DEFAULT-VALUE}).")
    private String directory = DIRECTORY;

    @Option(
            names = "--block-time",
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "From one block to the next (default: ${DEFAULT-VALUE}).")
    private String blockTime = "1s";

    @Option(
            names = "--chain-id",
            paramLabel = "ID",
            defaultValue = "lava",
            description = "The chain's id (default: ${DEFAULT-VALUE}).")
    private String chainId = "lava";

    @Option(
            names = "--versions",
            paramLabel = "V",
            split = ",",
            defaultValue = "1.0.0,1.1.0,2.0.0",
            description =
                    "The releases that are published; the chain asks for the first one (default:"
                            + " ${DEFAULT-VALUE}).")
    private List<String> versions = List.of();

    @Option(
            names = "--broken",
            paramLabel = "V",
            split = ",",
            description =
                    "Releases that are published besides, and end with code 1 a second after their"
                            + " start: to see a rollback.")
    private List<String> broken = List.of();

    @Option(
            names = "--release-size",
            paramLabel = "MB",
            defaultValue = "0",
            description =
                    "Make each release larger by this many megabytes of noise (default:"
                            + " ${DEFAULT-VALUE}).")
    private int releaseSize;

    @Option(
            names = "--rpc-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "CometBFT RPC; 0: any (default: ${DEFAULT-VALUE}).")
    private int rpcPort;

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "gRPC; 0: any (default: ${DEFAULT-VALUE}).")
    private int grpcPort;

    @Option(
            names = "--rest-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "REST; 0: any (default: ${DEFAULT-VALUE}).")
    private int restPort;

    @Option(
            names = "--releases-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "The release host; 0: any (default: ${DEFAULT-VALUE}).")
    private int releasesPort;

    /// What a broken release does.
    private static final Map<String, String> BROKEN =
            Map.of("exit-after-millis", "1000", "exit-code", "1");

    private final Console console;

    DevnetCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration time =
                Durations.parse(blockTime)
                        .filter(duration -> duration.compareTo(Duration.ofMillis(10)) >= 0)
                        .orElseThrow(() ->
                                CannotException.untilChanged(
                                        "understand --block-time",
                                        "\""
                                                + blockTime
                                                + "\" is no time of at least 10ms; write 1s or"
                                                + " 500ms"));
        if (chainId.isBlank()) {
            throw CannotException.untilChanged(
                    "understand --chain-id", "it is empty; name the chain");
        }
        List<Version> parsed = new ArrayList<>();
        for (String text : versions) {
            parsed.add(version("--versions", text));
        }
        List<Version> failing = new ArrayList<>();
        for (String text : broken) {
            failing.add(version("--broken", text));
        }
        Devnet.Options options =
                new Devnet.Options(
                        console.path("--directory", directory),
                        chainId,
                        time,
                        parsed,
                        padding(),
                        port("--rpc-port", rpcPort),
                        port("--grpc-port", grpcPort),
                        port("--rest-port", restPort),
                        port("--releases-port", releasesPort));
        Scheduler scheduler =
                new SystemScheduler(
                        (thread, failure) -> console.err().println(thread + ": " + failure));
        try (Devnet devnet = new Devnet(options, scheduler)) {
            for (Version version : failing) {
                devnet.releases().publish(version, BROKEN, options.padding());
            }
            devnet.chain().run();
            show(devnet);
            while (true) {
                scheduler.clock().sleep(Duration.ofDays(1));
            }
        } catch (IOException e) {
            String why = FileFailures.why(options.directory(), e);
            throw FileFailures.isFull(e)
                    ? CannotException.now("run the devnet", why + "; make room", e)
                    : CannotException.untilChanged(
                            "run the devnet", why + "; name another directory with --directory");
        }
    }

    private static int port(String option, int port) {
        if (port < 0 || port > 65535) {
            throw CannotException.untilChanged(
                    "understand " + option,
                    port + " is no port; write 1 to 65535, or 0 for any that is free");
        }
        return port;
    }

    /// The bytes that make a release larger.
    private long padding() {
        if (releaseSize < 0 || releaseSize > MAX_RELEASE_SIZE) {
            throw CannotException.untilChanged(
                    "understand --release-size",
                    releaseSize + " is not between 0 and " + MAX_RELEASE_SIZE + " MB");
        }
        return releaseSize * 1_000_000L;
    }

    private void show(Devnet devnet) {
        PrintStream out = console.out();
        out.println("devnet " + chainId + ", a block every " + blockTime);
        out.println("  rpc       " + devnet.rpcUrl());
        out.println("  grpc      " + devnet.grpcUrl());
        out.println("  rest      " + devnet.restUrl());
        out.println("  releases  " + devnet.releaseTemplate());
        out.println("  checksums " + devnet.checksumTemplate());
        out.println("to change what the chain asks for: visor devnet propose --target V --min V");
        out.flush();
    }

    private static Version version(String option, String text) {
        return Version.parse(text)
                .filter(Version::isThreeNumbers)
                .orElseThrow(() ->
                        CannotException.untilChanged(
                                "understand " + option,
                                "\"" + text + "\" is no version; write X.Y.Z"));
    }

    @Command(
            name = "propose",
            description = "Change the versions that a running devnet asks for.",
            footer = {"", "Example:", "  visor devnet propose --target 1.1.0 --min 1.0.0"})
    int propose(
            @Option(
                            names = "--target",
                            required = true,
                            paramLabel = "V",
                            description = "What the chain wants.")
                    String target,
            @Option(
                            names = "--min",
                            paramLabel = "V",
                            description = "What it still accepts (default: as it is).")
                    @Nullable String min,
            @Option(
                            names = "--at-height",
                            paramLabel = "N",
                            defaultValue = "0",
                            description =
                                    "From this height on; 0 is the next one (default:"
                                            + " ${DEFAULT-VALUE}).")
                    long height,
            @Option(
                            names = "--directory",
                            paramLabel = "DIR",
                            defaultValue = DIRECTORY,
                            description = "The devnet's directory (default: ${DEFAULT-VALUE}).")
                    String where,
            @Mixin OutputOptions output) {
        DevnetClient.Proposal proposal =
                new DevnetClient(console.path("--directory", where))
                        .propose(
                                version("--target", target),
                                min == null ? null : version("--min", min),
                                height);
        console.out()
                .println(
                        output.isJson()
                                ? Json.object(
                                                "height",
                                                proposal.height(),
                                                "min",
                                                proposal.min().toString(),
                                                "target",
                                                proposal.target().toString())
                                        .writePretty()
                                : "min "
                                        + proposal.min()
                                        + ", target "
                                        + proposal.target()
                                        + " from height "
                                        + proposal.height());
        return ExitCodes.DONE;
    }
}

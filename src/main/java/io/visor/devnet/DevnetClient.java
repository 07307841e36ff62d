package io.visor.devnet;

import io.visor.json.Json;
import io.visor.json.JsonException;
import io.visor.model.CannotException;
import io.visor.model.FileFailures;
import io.visor.model.Version;
import io.visor.net.Http;
import io.visor.net.NetException;
import io.visor.net.Proxies;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Speaks to a devnet that runs in another process.
public final class DevnetClient {

    private static final int MAX_ANSWER_BYTES = 1 << 16;

    private final URI rpc;
    private final Path directory;

    /// What was agreed.
    ///
    /// @param height the height from which on it holds
    /// @param min below this the chain refuses a process
    /// @param target what it wants
    public record Proposal(long height, Version min, Version target) {}

    /// Finds the devnet of a directory.
    ///
    /// @throws CannotException if none was ever started there
    public DevnetClient(Path directory) {
        this.directory = directory;
        try {
            Json addresses = Json.parse(Files.readAllBytes(directory.resolve(Devnet.ADDRESSES)));
            this.rpc = URI.create(addresses.string("rpc").replaceFirst("^tcp:", "http:"));
        } catch (NoSuchFileException e) {
            throw CannotException.now(
                    "find the devnet",
                    "none was started in " + directory + "; start it with visor devnet",
                    e);
        } catch (IOException e) {
            throw CannotException.untilChanged(
                    "find the devnet",
                    FileFailures.why(directory, e) + "; name its directory with --directory");
        } catch (JsonException | IllegalArgumentException e) {
            throw CannotException.now(
                    "find the devnet",
                    directory.resolve(Devnet.ADDRESSES)
                            + " cannot be understood; start it anew with visor devnet",
                    e);
        }
    }

    /// Changes the versions that the chain asks for.
    ///
    /// @param min null: as it is
    /// @param height from which height on; 0: the next one
    /// @throws CannotException if the devnet does not run, or a chain would refuse it
    public Proposal propose(Version target, @Nullable Version min, long height) {
        Json parameters =
                Json.object(
                        "target",
                        target.toString(),
                        "min",
                        min == null ? null : min.toString(),
                        "height",
                        height);
        String request =
                Json.object(
                                "jsonrpc",
                                "2.0",
                                "id",
                                1,
                                "method",
                                "devnet_propose",
                                "params",
                                parameters)
                        .write();
        try (Http http = new Http(new Proxies(Map.of()), Http.Limits.SHORT, "visor-devnet")) {
            Json answer = Json.parse(http.post(rpc, Map.of(), request, MAX_ANSWER_BYTES));
            if (answer.at("error").isPresent()) {
                String data =
                        answer.at("error", "data").isPresent()
                                ? answer.string("error", "data")
                                : "";
                throw CannotException.untilChanged(
                        "propose " + target,
                        (data.isEmpty() ? answer.string("error", "message") : data)
                                + "; correct --target, --min or --at-height");
            }
            return new Proposal(
                    answer.integer("result", "height"),
                    Version.of(answer.string("result", "min")),
                    Version.of(answer.string("result", "target")));
        } catch (NetException | JsonException e) {
            throw CannotException.now(
                    "reach the devnet of " + directory,
                    e.why() + "; start it with visor devnet",
                    e);
        }
    }
}

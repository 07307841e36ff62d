package io.visor.api;

import io.visor.json.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of the chain.
///
/// @param chainId the id that its nodes must answer with
/// @param latest the newest observation that counts; null: there was none yet
/// @param endpoints who is asked, the first one first
public record ChainStatus(String chainId, @Nullable Latest latest, List<Endpoint> endpoints) {

    public ChainStatus {
        endpoints = List.copyOf(endpoints);
    }

    /// The newest observation.
    ///
    /// @param height the block that it is of
    /// @param blockTime the time in that block's header
    /// @param observedAt when it came, by visor's clock
    /// @param endpoint who gave it
    public record Latest(
            long height,
            @Nullable Instant blockTime,
            @Nullable Instant observedAt,
            String endpoint) {

        Json json() {
            return Json.object(
                    "height",
                    height,
                    "blockTime",
                    Wire.time(blockTime),
                    "observedAt",
                    Wire.time(observedAt),
                    "endpoint",
                    endpoint);
        }

        static Latest read(Json json) {
            return new Latest(
                    json.integer("height"),
                    Wire.time(json, "blockTime"),
                    Wire.time(json, "observedAt"),
                    json.string("endpoint"));
        }
    }

    /// An endpoint. One at a time is followed; the next one is asked when it fails.
    ///
    /// @param address its address, without secrets
    /// @param failure why it was given up when it was asked last; null if it was not
    /// @param failedAt when that was
    /// @param failingSince when it was given up first since it answered last
    public record Endpoint(
            String address,
            @Nullable String failure,
            @Nullable Instant failedAt,
            @Nullable Instant failingSince) {

        Json json() {
            return Json.object(
                    "address",
                    address,
                    "failure",
                    failure,
                    "failedAt",
                    Wire.time(failedAt),
                    "failingSince",
                    Wire.time(failingSince));
        }

        static Endpoint read(Json json) {
            return new Endpoint(
                    json.string("address"),
                    Wire.text(json, "failure"),
                    Wire.time(json, "failedAt"),
                    Wire.time(json, "failingSince"));
        }
    }

    /// Whether none of its endpoints answers.
    public boolean isSilent() {
        return !endpoints.isEmpty()
                && endpoints.stream().allMatch(endpoint -> endpoint.failure() != null);
    }

    /// The record on the wire.
    public Json json() {
        return Json.object(
                "chainId",
                chainId,
                "latest",
                latest == null ? null : latest.json(),
                "endpoints",
                endpoints.stream().map(Endpoint::json).toList());
    }

    /// Reads the record.
    ///
    /// @throws io.visor.json.JsonException if it is none
    public static ChainStatus read(Json json) {
        return new ChainStatus(
                json.string("chainId"),
                Wire.record(json, "latest", Latest::read),
                Wire.list(json, "endpoints", Endpoint::read));
    }
}

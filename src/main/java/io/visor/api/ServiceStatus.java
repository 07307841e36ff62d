package io.visor.api;

import io.visor.json.Json;
import io.visor.json.JsonException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Where a service stands.
///
/// @param name its name
/// @param program the program whose upgrades it follows; null: it is unversioned
/// @param backend what runs it: `process` (visor itself) or `systemd`
/// @param state `stopped`, `waiting`, `starting`, `running`, `stopping`, `killing`, `backoff`,
///   `completed` or `failed`
/// @param reason why it is in that state, in words; null if there is nothing to add
/// @param wanted what the operator wants of it
/// @param pid its process; null if it has none
/// @param startedAt when its newest process started; null if there was none
/// @param down how long it had no process before the newest one; null for the first one
/// @param restarts how often visor has started it again without being asked to
/// @param retry the restart that is coming; null if none is
/// @param lastExit how its last process ended; null if none has
/// @param health what its health checks say, in words; null: it has none
/// @param blocked whether what it waits for cannot come by itself; `reason` says why
/// @param transitionStatus its states, each as it was reached last since visor started
public record ServiceStatus(
        String name,
        @Nullable String program,
        String backend,
        String state,
        @Nullable String reason,
        Wanted wanted,
        @Nullable Long pid,
        @Nullable Instant startedAt,
        @Nullable Duration down,
        int restarts,
        @Nullable Retry retry,
        @Nullable LastExit lastExit,
        @Nullable String health,
        boolean blocked,
        TransitionStatus transitionStatus) {

    /// What an operator can want of a service.
    public enum Wanted {
        UP("up"),
        DOWN("down");

        private final String word;

        Wanted(String word) {
            this.word = word;
        }

        /// The word on the wire.
        public String word() {
            return word;
        }

        static Wanted of(String word) {
            return switch (word) {
                case "up" -> UP;
                case "down" -> DOWN;
                default -> throw new JsonException("\"wanted\" is neither up nor down");
            };
        }
    }

    /// A restart that is coming.
    ///
    /// @param attempt how many restarts in a row this is, from 1
    /// @param limit after how many restarts within the policy's period it is given up; null: never
    /// @param at when
    public record Retry(int attempt, @Nullable Integer limit, Instant at) {

        Json json() {
            return Json.object("attempt", attempt, "limit", limit, "at", Wire.time(at));
        }

        static Retry read(Json json) {
            Instant at = Wire.time(json, "at");
            if (at == null) {
                throw new JsonException("no time at \"retry.at\"");
            }
            return new Retry(Wire.count(json, "attempt"), Wire.countIfAny(json, "limit"), at);
        }
    }

    /// How a process ended.
    ///
    /// @param pid which
    /// @param status in words: `code 1`, `SIGKILL`
    /// @param code what a shell reports: the exit code, or 128 + the signal's number
    /// @param asked whether visor had asked for it
    /// @param ran how long it ran
    /// @param at when it ended
    public record LastExit(
            long pid, String status, int code, boolean asked, Duration ran, Instant at) {

        Json json() {
            return Json.object(
                    "pid",
                    pid,
                    "status",
                    status,
                    "code",
                    code,
                    "asked",
                    asked,
                    "ranMs",
                    Wire.millis(ran),
                    "at",
                    Wire.time(at));
        }

        static LastExit read(Json json) {
            Duration ran = Wire.duration(json, "ranMs");
            Instant at = Wire.time(json, "at");
            if (ran == null || at == null) {
                throw new JsonException("\"lastExit\" has no ranMs or no at");
            }
            return new LastExit(
                    json.integer("pid"),
                    json.string("status"),
                    Wire.count(json, "code"),
                    json.bool("asked"),
                    ran,
                    at);
        }
    }

    /// The record on the wire.
    public Json json() {
        return Json.object(
                "name",
                name,
                "program",
                program,
                "backend",
                backend,
                "state",
                state,
                "reason",
                reason,
                "wanted",
                wanted.word(),
                "pid",
                pid,
                "startedAt",
                Wire.time(startedAt),
                "downMs",
                Wire.millis(down),
                "restarts",
                restarts,
                "retry",
                retry == null ? null : retry.json(),
                "lastExit",
                lastExit == null ? null : lastExit.json(),
                "health",
                health,
                "blocked",
                blocked ? true : null,
                "transitionStatus",
                transitionStatus.json());
    }

    /// Reads the record.
    ///
    /// @throws JsonException if it is none
    public static ServiceStatus read(Json json) {
        return new ServiceStatus(
                json.string("name"),
                Wire.text(json, "program"),
                json.string("backend"),
                json.string("state"),
                Wire.text(json, "reason"),
                Wanted.of(json.string("wanted")),
                Wire.number(json, "pid"),
                Wire.time(json, "startedAt"),
                Wire.duration(json, "downMs"),
                Wire.count(json, "restarts"),
                Wire.record(json, "retry", Retry::read),
                Wire.record(json, "lastExit", LastExit::read),
                Wire.text(json, "health"),
                json.at("blocked").isPresent() && json.bool("blocked"),
                TransitionStatus.read(json, "transitionStatus"));
    }
}

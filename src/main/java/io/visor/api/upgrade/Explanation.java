package io.visor.api.upgrade;

import io.visor.api.ChainStatus;
import io.visor.api.Next;
import io.visor.api.Obstacle;
import io.visor.api.ProgramStatus.UpgradeStatus;
import io.visor.api.Wire;
import io.visor.json.Json;
import io.visor.json.JsonException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why a program is at the version that it is at, and what comes next.
///
/// @param program which
/// @param visorStartedAt when the visor that says so was started; null: none runs, and it is told
///   what is written down
/// @param running its active version; null: none
/// @param down those of its services that do not run, but for a moment of an upgrade
/// @param asked what the network asks for; null: it was never heard of
/// @param chain what is known of the chain's endpoints
/// @param decision what follows: `nothing-known`, `up-to-date`, `above-target`, `held` or `install`
/// @param upgrade where its upgrade stands
/// @param staged the release of that upgrade, or of the target, if it is here
/// @param progress how far the fetching of a release is; null if none is fetched
/// @param next what visor does next
/// @param obstacles what stands in the way, or will when the release is staged
/// @param holds what is on hold
/// @param approvals the versions that somebody wants without waiting
/// @param failure the last upgrade that ended badly, or does badly; null: none
/// @param policy how it is upgraded
public record Explanation(
        String program,
        @Nullable Instant visorStartedAt,
        @Nullable Running running,
        List<Down> down,
        @Nullable Asked asked,
        ChainStatus chain,
        String decision,
        UpgradeStatus upgrade,
        @Nullable Staged staged,
        @Nullable Progress progress,
        Next next,
        List<Obstacle> obstacles,
        List<Held> holds,
        List<String> approvals,
        @Nullable Failure failure,
        Policy policy) {

    public Explanation {
        down = List.copyOf(down);
        obstacles = List.copyOf(obstacles);
        holds = List.copyOf(holds);
        approvals = List.copyOf(approvals);
    }

    /// The active version.
    ///
    /// @param version which
    /// @param since since when it is active; null if that is not known
    /// @param good whether it has passed its health window
    public record Running(String version, @Nullable Instant since, boolean good) {

        private Json json() {
            return Json.object("version", version, "since", Wire.time(since), "good", good);
        }

        private static Running read(Json json) {
            return new Running(json.string("version"), Wire.time(json, "since"), json.bool("good"));
        }
    }

    /// A service that does not run.
    ///
    /// @param service its name
    /// @param state as in its [io.visor.api.ServiceStatus]
    /// @param reason why, in words; null: somebody wants it down
    public record Down(String service, String state, @Nullable String reason) {

        private Json json() {
            return Json.object("service", service, "state", state, "reason", reason);
        }

        private static Down read(Json json) {
            return new Down(
                    json.string("service"), json.string("state"), Wire.text(json, "reason"));
        }
    }

    /// What the network asks for, and where it was seen first to do so.
    ///
    /// @param min below this it refuses the program
    /// @param target what it wants
    /// @param role which of the chain's versions bind: `provider`, `consumer` or `both`; null if
    ///   that is not known
    /// @param belowMin whether the active version is refused
    /// @param height the block at which it was seen
    /// @param blockTime the time in that block's header
    /// @param seenAt when it was seen, by visor's clock
    /// @param endpoint who said so
    /// @param proof how well that is proven: `unproven`
    /// @param current whether this visor has heard it; if not, an earlier one has
    public record Asked(
            String min,
            String target,
            @Nullable String role,
            boolean belowMin,
            long height,
            @Nullable Instant blockTime,
            @Nullable Instant seenAt,
            String endpoint,
            String proof,
            boolean current) {

        private Json json() {
            return Json.object(
                    "min",
                    min,
                    "target",
                    target,
                    "role",
                    role,
                    "belowMin",
                    belowMin,
                    "height",
                    height,
                    "blockTime",
                    Wire.time(blockTime),
                    "seenAt",
                    Wire.time(seenAt),
                    "endpoint",
                    endpoint,
                    "proof",
                    proof,
                    "current",
                    current);
        }

        private static Asked read(Json json) {
            return new Asked(
                    json.string("min"),
                    json.string("target"),
                    Wire.text(json, "role"),
                    json.bool("belowMin"),
                    json.integer("height"),
                    Wire.time(json, "blockTime"),
                    Wire.time(json, "seenAt"),
                    json.string("endpoint"),
                    json.string("proof"),
                    json.bool("current"));
        }
    }

    /// A release that is here, verified.
    ///
    /// @param version which
    /// @param assurance how well it is proven: `L0` to `L4`
    /// @param proven the same in a word
    /// @param source where it came from: an address, or `local`
    /// @param size in bytes
    /// @param sha256 in hexadecimal digits
    /// @param at when it came
    public record Staged(
            String version,
            String assurance,
            String proven,
            String source,
            long size,
            String sha256,
            @Nullable Instant at) {

        private Json json() {
            return Json.object(
                    "version",
                    version,
                    "assurance",
                    assurance,
                    "proven",
                    proven,
                    "source",
                    source,
                    "size",
                    size,
                    "sha256",
                    sha256,
                    "at",
                    Wire.time(at));
        }

        private static Staged read(Json json) {
            return new Staged(
                    json.string("version"),
                    json.string("assurance"),
                    json.string("proven"),
                    json.string("source"),
                    json.integer("size"),
                    json.string("sha256"),
                    Wire.time(json, "at"));
        }
    }

    /// How far the fetching of a release is.
    ///
    /// @param version which
    /// @param bytes how many have come
    /// @param total how many there are; null if that is not known
    public record Progress(String version, long bytes, @Nullable Long total) {

        private Json json() {
            return Json.object("version", version, "bytes", bytes, "total", total);
        }

        private static Progress read(Json json) {
            return new Progress(
                    json.string("version"), json.integer("bytes"), Wire.number(json, "total"));
        }
    }

    /// A stop on a version, or on the program.
    ///
    /// @param version which; null: the program
    /// @param by `operator` or `failure`
    /// @param why in words; may be empty
    /// @param since since when
    public record Held(@Nullable String version, String by, String why, @Nullable Instant since) {

        private Json json() {
            return Json.object("version", version, "by", by, "why", why, "since", Wire.time(since));
        }

        private static Held read(Json json) {
            return new Held(
                    Wire.text(json, "version"),
                    json.string("by"),
                    json.string("why"),
                    Wire.time(json, "since"));
        }
    }

    /// An upgrade whose version failed here.
    ///
    /// @param upgradeId its number in the history
    /// @param from the version before it; null: none
    /// @param version the one that failed
    /// @param why what failed
    /// @param output the last lines of the process that failed
    /// @param at when it failed
    /// @param rolledBack whether the version before it came back; if not, it is still tried
    public record Failure(
            long upgradeId,
            @Nullable String from,
            String version,
            String why,
            List<String> output,
            @Nullable Instant at,
            boolean rolledBack) {

        public Failure {
            output = List.copyOf(output);
        }

        private Json json() {
            return Json.object(
                    "upgradeId",
                    upgradeId,
                    "from",
                    from,
                    "version",
                    version,
                    "why",
                    why,
                    "output",
                    output,
                    "at",
                    Wire.time(at),
                    "rolledBack",
                    rolledBack);
        }

        private static Failure read(Json json) {
            return new Failure(
                    json.integer("upgradeId"),
                    Wire.text(json, "from"),
                    json.string("version"),
                    json.string("why"),
                    Wire.texts(json, "output"),
                    Wire.time(json, "at"),
                    json.bool("rolledBack"));
        }
    }

    /// How a program is upgraded, as far as it explains something.
    ///
    /// @param auto `true`, `false` or `required-only`
    /// @param rollback `auto`, `never` or `restore-backup`
    /// @param healthWindow how long a new version is watched
    /// @param startTimeout how long its services may take to get ready
    public record Policy(
            String auto, String rollback, Duration healthWindow, Duration startTimeout) {

        private Json json() {
            return Json.object(
                    "auto",
                    auto,
                    "rollback",
                    rollback,
                    "healthWindowMs",
                    Wire.millis(healthWindow),
                    "startTimeoutMs",
                    Wire.millis(startTimeout));
        }

        private static Policy read(Json json) {
            Duration window = Wire.duration(json, "healthWindowMs");
            Duration timeout = Wire.duration(json, "startTimeoutMs");
            if (window == null || timeout == null) {
                throw new JsonException("\"policy\" has no healthWindowMs or no startTimeoutMs");
            }
            return new Policy(json.string("auto"), json.string("rollback"), window, timeout);
        }
    }

    /// The same with an upgrade that stands elsewhere.
    public Explanation with(UpgradeStatus newUpgrade) {
        return new Explanation(
                program,
                visorStartedAt,
                running,
                down,
                asked,
                chain,
                decision,
                newUpgrade,
                staged,
                progress,
                next,
                obstacles,
                holds,
                approvals,
                failure,
                policy);
    }

    /// The record on the wire.
    public Json json() {
        return Json.object(
                "program",
                program,
                "visorStartedAt",
                Wire.time(visorStartedAt),
                "running",
                running == null ? null : running.json(),
                "down",
                down.stream().map(Down::json).toList(),
                "asked",
                asked == null ? null : asked.json(),
                "chain",
                chain.json(),
                "decision",
                decision,
                "upgrade",
                upgrade.json(),
                "staged",
                staged == null ? null : staged.json(),
                "progress",
                progress == null ? null : progress.json(),
                "next",
                next.json(),
                "obstacles",
                obstacles.stream().map(Obstacle::json).toList(),
                "holds",
                holds.stream().map(Held::json).toList(),
                "approvals",
                approvals,
                "failure",
                failure == null ? null : failure.json(),
                "policy",
                policy.json());
    }

    /// Reads the record.
    ///
    /// @throws JsonException if it is none
    public static Explanation read(Json json) {
        return new Explanation(
                json.string("program"),
                Wire.time(json, "visorStartedAt"),
                Wire.record(json, "running", Running::read),
                Wire.list(json, "down", Down::read),
                Wire.record(json, "asked", Asked::read),
                ChainStatus.read(json.at("chain").orElse(Json.object())),
                json.string("decision"),
                UpgradeStatus.read(json.at("upgrade").orElse(Json.object())),
                Wire.record(json, "staged", Staged::read),
                Wire.record(json, "progress", Progress::read),
                Next.read(json.at("next").orElse(Json.object())),
                Wire.list(json, "obstacles", Obstacle::read),
                Wire.list(json, "holds", Held::read),
                Wire.texts(json, "approvals"),
                Wire.record(json, "failure", Failure::read),
                Policy.read(json.at("policy").orElse(Json.object())));
    }
}

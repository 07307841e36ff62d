package io.visor.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.visor.json.Json;
import io.visor.json.JsonException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class WireRecordsTest {

    private static final ServiceStatus FULL =
            new ServiceStatus(
                    "alice-ETH1",
                    "lavap",
                    "process",
                    "backoff",
                    "exited: code 1",
                    ServiceStatus.Wanted.UP,
                    8123L,
                    Instant.parse("2030-01-02T03:04:05.678Z"),
                    Duration.ofNanos(1_800_000),
                    3,
                    new ServiceStatus.Retry(3, 5, Instant.parse("2030-01-02T03:04:09Z")),
                    new ServiceStatus.LastExit(
                            8000,
                            "code 1",
                            1,
                            false,
                            Duration.ofMillis(3200),
                            Instant.parse("2030-01-02T03:04:05Z")),
                    "ok",
                    false,
                    TransitionStatus.of(
                            List.of("STARTED", "EXITED"),
                            name ->
                                    name.equals("EXITED")
                                            ? Transition.failed(
                                                    name,
                                                    "code 1",
                                                    Json.object("pid", 8000),
                                                    Instant.parse("2030-01-02T03:04:05Z"))
                                            : null));

    @Test
    void aServiceIsWrittenAsTheApiSays() {
        assertThat(FULL.json().write())
                .isEqualTo(
                        "{\"name\":\"alice-ETH1\",\"program\":\"lavap\",\"backend\":\"process\",\"state\":\"backoff\",\"reason\":\"exited:"
                            + " code 1\",\"wanted\":\"up\",\"pid\":8123,"
                            + "\"startedAt\":\"2030-01-02T03:04:05.678Z\",\"downMs\":1.8,"
                            + "\"restarts\":3,"
                            + "\"retry\":{\"attempt\":3,\"limit\":5,\"at\":\"2030-01-02T03:04:09Z\"},\"lastExit\":{\"pid\":8000,\"status\":\"code"
                            + " 1\",\"code\":1,"
                            + "\"asked\":false,\"ranMs\":3200,\"at\":\"2030-01-02T03:04:05Z\"},"
                            + "\"health\":\"ok\","
                            + "\"transitionStatus\":{\"STARTED\":null,\"EXITED\":{\"status\":\"failed\",\"error\":\"code"
                            + " 1\",\"extra\":{\"pid\":8000},\"timestamp\":1893553445}}}");
    }

    @Property
    void aServiceComesBackAsItWas(@ForAll("services") ServiceStatus service) {
        assertThat(ServiceStatus.read(Json.parse(service.json().write()))).isEqualTo(service);
    }

    @Provide
    Arbitrary<ServiceStatus> services() {
        Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(20);
        Arbitrary<Instant> times =
                Arbitraries.longs()
                        .between(0, 4_000_000_000_000L)
                        .map(Instant::ofEpochMilli)
                        .injectNull(0.2);
        Arbitrary<Duration> durations =
                Arbitraries.longs()
                        .between(0, 1L << 50)
                        .map(micros -> Duration.ofNanos(micros * 1000))
                        .injectNull(0.2);
        return Combinators.combine(
                        texts,
                        texts.injectNull(0.3),
                        Arbitraries.of(ServiceStatus.Wanted.values()),
                        Arbitraries.longs().between(1, 1 << 22).injectNull(0.3),
                        times,
                        durations,
                        Arbitraries.integers().greaterOrEqual(0))
                .as((name, maybe, wanted, pid, time, duration, count) ->
                        new ServiceStatus(
                                name,
                                maybe,
                                "process",
                                "running",
                                maybe,
                                wanted,
                                pid,
                                time,
                                duration,
                                count,
                                time == null ? null : new ServiceStatus.Retry(count, count, time),
                                time == null || duration == null || pid == null
                                        ? null
                                        : new ServiceStatus.LastExit(
                                                pid, name, 143, true, duration, time),
                                maybe,
                                count % 2 == 1,
                                time == null
                                        ? TransitionStatus.NONE
                                        : TransitionStatus.of(
                                                List.of("READY", "FAILED"),
                                                state ->
                                                        state.equals("READY")
                                                                ? Transition.reached(
                                                                        state,
                                                                        null,
                                                                        time.truncatedTo(
                                                                                ChronoUnit.SECONDS))
                                                                : null)));
    }

    @Test
    void anInstanceComesBackAsItWas() {
        Instant time = Instant.parse("2030-01-02T03:04:05Z");
        InstanceStatus status =
                new InstanceStatus(
                        "start",
                        "visor start",
                        "0.1.0",
                        17,
                        time,
                        InstanceStatus.Phase.STARTING,
                        new ChainStatus(
                                "lava",
                                new ChainStatus.Latest(7, time, time, "tcp://a:1"),
                                List.of(
                                        new ChainStatus.Endpoint("tcp://a:1", null, null, null),
                                        new ChainStatus.Endpoint(
                                                "tcp://b:1", "refuses", time, time))),
                        List.of(
                                new ProgramStatus(
                                        "lavap",
                                        "5.4.1",
                                        time,
                                        new ProgramStatus.Required("5.0.0", "6.0.0", false),
                                        List.of("5.9.0"),
                                        "install",
                                        new ProgramStatus.UpgradeStatus(
                                                "retrying",
                                                null,
                                                "5.4.1",
                                                "6.0.0",
                                                "required",
                                                3,
                                                1,
                                                "no disk",
                                                time,
                                                null,
                                                List.of(new Obstacle("disk", "full", null, "rm")),
                                                "lily"),
                                        new Next(Next.RETRY, "6.0.0", time))),
                        List.of(FULL));
        assertThat(InstanceStatus.read(Json.parse(status.json().write()))).isEqualTo(status);
    }

    @Property
    void pagesHoldEveryItemOnce(
            @ForAll @IntRange(max = 50) int total, @ForAll @IntRange(min = 1, max = 60) int size) {
        List<Integer> all = IntStream.range(0, total).boxed().toList();
        int pages = Listing.of(all, 1, size).pages();
        List<Integer> seen =
                IntStream.rangeClosed(1, pages)
                        .boxed()
                        .flatMap(page -> Listing.of(all, page, size).items().stream())
                        .toList();
        assertThat(seen).isEqualTo(all);
        assertThat(Listing.of(all, pages + 1, size).items()).isEmpty();
        assertThat(Listing.of(all, Integer.MAX_VALUE, Integer.MAX_VALUE).items()).isEmpty();
    }

    @Test
    void unknownFieldsAreIgnoredAndMissingOnesAreNot() {
        String json = FULL.json().write();
        String more = json.replace("{\"name\"", "{\"new\":{\"x\":[]},\"name\"");
        assertThat(ServiceStatus.read(Json.parse(more))).isEqualTo(FULL);
        assertThatThrownBy(() ->
                        ServiceStatus.read(Json.parse(json.replace("\"state\"", "\"State\""))))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("state");
        assertThatThrownBy(() -> ServiceStatus.read(Json.parse(json.replace("1.8", "1e60"))))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("downMs");
    }

    @Test
    void aRefusalComesBackAsItWas() {
        Refusal refusal = new Refusal("busy", "too many", "");
        assertThat(Refusal.read(Json.parse(refusal.json().write()))).isEqualTo(refusal);
        assertThat(refusal.json().write())
                .isEqualTo("{\"error\":{\"code\":\"busy\",\"message\":\"too many\"}}");
    }
}

package io.visor.service.health;

import io.visor.model.HealthSpec;
import io.visor.net.GrpcClient;
import io.visor.net.NetException;
import io.visor.net.Proxies;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// Asks over gRPC (grpc/grpc-proto, grpc/health/v1/health.proto): `HealthCheckRequest{ string
/// service = 1 }`, `HealthCheckResponse{ ServingStatus status = 1 }`, where `ServingStatus` is
/// `UNKNOWN = 0, SERVING = 1, NOT_SERVING = 2, SERVICE_UNKNOWN = 3`. The messages are so small that
/// they are written and read here (protobuf.dev, "Encoding").
final class GrpcProber implements Prober {

    private static final String METHOD = "grpc.health.v1.Health/Check";
    private static final int MAX_ANSWER_BYTES = 4 << 10;
    private static final int SERVING = 1;

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED_32 = 5;

    private final HealthSpec.Grpc probe;
    private final String userAgent;

    GrpcProber(HealthSpec.Grpc probe, String userAgent) {
        this.probe = probe;
        this.userAgent = userAgent;
    }

    @Override
    public Answer ask(Duration limit) {
        try (GrpcClient client =
                new GrpcClient(
                        probe.host(),
                        probe.port(),
                        probe.tls(),
                        new Proxies(Map.of()),
                        userAgent,
                        probe.address(),
                        MAX_ANSWER_BYTES)) {
            byte[] answer =
                    client.call(METHOD, request(probe.service()), Map.of(), limit).message();
            long status = status(answer);
            return status == SERVING
                    ? new Answer.Good()
                    : new Answer.Bad(
                            probe.address()
                                    + " answered "
                                    + name(status)
                                    + (probe.service().isEmpty() ? "" : " for " + probe.service()));
        } catch (NetException e) {
            return new Answer.Bad(
                    e.kind() == NetException.Kind.TIMEOUT
                            ? Reasons.late(probe.address(), limit)
                            : e.why());
        }
    }

    private static String name(long status) {
        return switch ((int) status) {
            case 0 -> "UNKNOWN";
            case 2 -> "NOT_SERVING";
            case 3 -> "SERVICE_UNKNOWN";
            default -> "with something that is no health status";
        };
    }

    /// A `HealthCheckRequest`.
    static byte[] request(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0) {
            return name;
        }
        byte[] head = new byte[6];
        int at = 0;
        head[at++] = 1 << 3 | LENGTH;
        int left = name.length;
        while (left > 0x7f) {
            head[at++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        head[at++] = (byte) left;
        byte[] request = new byte[at + name.length];
        System.arraycopy(head, 0, request, 0, at);
        System.arraycopy(name, 0, request, at, name.length);
        return request;
    }

    /// The status in a `HealthCheckResponse`; fields that are not known are skipped.
    ///
    /// @return 0 if there is none, as protobuf has it; -1 if it does not decode
    static long status(byte[] response) {
        Reader in = new Reader(response);
        long status = 0;
        while (in.at < response.length) {
            long tag = in.varint();
            long length =
                    switch ((int) tag & 7) {
                        case VARINT -> {
                            long value = in.varint();
                            status = tag >>> 3 == 1 ? value & 0xffff_ffffL : status;
                            yield 0;
                        }
                        case FIXED_64 -> 8;
                        case LENGTH -> in.varint();
                        case FIXED_32 -> 4;
                        default -> -1;
                    };
            if (in.broken || length < 0 || length > response.length - in.at) {
                return -1;
            }
            in.at += (int) length;
        }
        return status;
    }

    private static final class Reader {
        private final byte[] bytes;
        private int at;
        private boolean broken;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        long varint() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                if (at == bytes.length) {
                    break;
                }
                byte next = bytes[at++];
                value |= (next & 0x7fL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            broken = true;
            return 0;
        }
    }
}

package io.visor.net;

import io.visor.model.VisorException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import javax.net.ssl.SSLException;

/// Another machine did not answer as it should.
public final class NetException extends VisorException {

    private static final long serialVersionUID = 1;

    /// What went wrong.
    public enum Kind {
        /// Nobody listens there, or the name is unknown.
        UNREACHABLE,
        /// No answer in time, or one that trickles.
        TIMEOUT,
        /// The certificate or the handshake.
        TLS,
        /// An answer with a status that is not success.
        STATUS,
        /// The connection broke, or what came is not the protocol.
        BROKEN,
        /// More came than is taken.
        TOO_LARGE
    }

    /// What the JDK and netty say of an answer that is not TLS.
    private static final List<String> NO_TLS =
            List.of("Unsupported or unrecognized SSL message", "not an SSL/TLS record");

    private final Kind kind;
    private final int status;

    public NetException(Kind kind, String why) {
        super(why);
        this.kind = kind;
        this.status = 0;
    }

    private NetException(Kind kind, String why, Throwable cause) {
        super(why, cause);
        this.kind = kind;
        this.status = 0;
    }

    private NetException(String why, int status) {
        super(why);
        this.kind = Kind.STATUS;
        this.status = status;
    }

    /// An HTTP status that is not success.
    static NetException status(String where, int status) {
        return new NetException(where + " answers with HTTP status " + status, status);
    }

    /// A failed exchange.
    ///
    /// @param where the other side, without secrets
    static NetException of(String where, IOException e) {
        return switch (e) {
            case UnknownHostException _ ->
                    new NetException(Kind.UNREACHABLE, where + ": the host is unknown", e);
            case ConnectException _ ->
                    new NetException(Kind.UNREACHABLE, where + " refuses connections", e);
            case NoRouteToHostException _ ->
                    new NetException(Kind.UNREACHABLE, where + ": no route to the host", e);
            // The JDK has an exception for a host without a route, and none for a network without.
            case SocketException _ when reason(e).equals("Network is unreachable") ->
                    new NetException(Kind.UNREACHABLE, where + ": no route to the host", e);
            case SocketTimeoutException _ ->
                    new NetException(Kind.TIMEOUT, where + " does not answer in time", e);
            case InterruptedIOException _ ->
                    new NetException(Kind.TIMEOUT, where + " does not answer in time", e);
            case SSLException _ ->
                    new NetException(
                            Kind.TLS, where + ": no secure connection: " + tlsReason(e), e);
            // So says the library of a body that is shorter than its Content-Length.
            case ProtocolException _ when reason(e).equals("unexpected end of stream") ->
                    new NetException(Kind.BROKEN, where + " sends less than it announces", e);
            case ProtocolException _ ->
                    new NetException(Kind.BROKEN, where + " does not speak HTTP: " + reason(e), e);
            default ->
                    new NetException(
                            Kind.BROKEN, where + ": the connection broke: " + reason(e), e);
        };
    }

    /// What the library says, without the address that it repeats.
    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").replaceFirst(" on https?://\\S*$", "");
    }

    private static String tlsReason(IOException e) {
        String reason = reason(e);
        return NO_TLS.stream().anyMatch(reason::startsWith) ? "it does not speak TLS" : reason;
    }

    public Kind kind() {
        return kind;
    }

    /// The HTTP status; 0 if the failure is of another kind.
    public int status() {
        return status;
    }
}

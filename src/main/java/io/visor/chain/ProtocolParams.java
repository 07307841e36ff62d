package io.visor.chain;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.visor.chain.ChainException.Kind;
import io.visor.model.ProtocolVersions;
import io.visor.model.Version;
import java.io.IOException;

/// The answer to `lavanet.lava.protocol.Query/Params` (lavanet/lava,
/// proto/lavanet/lava/protocol/{query,params}.proto): `QueryParamsResponse{ Params params = 1 }`,
/// `Params{ Version version = 1 }`, `Version{ string provider_target = 1, provider_min = 2,
/// consumer_target = 3, consumer_min = 4 }`.
final class ProtocolParams {

    static final String SERVICE_METHOD = "lavanet.lava.protocol.Query/Params";
    static final String REST_PATH = "/lavanet/lava/protocol/params";

    private ProtocolParams() {}

    /// Decodes a `QueryParamsResponse`.
    ///
    /// @param node who sent it, for messages
    /// @throws ChainException if it is none, or names no versions
    static ProtocolVersions decode(byte[] response, String node) {
        String[] texts = {"", "", "", ""};
        try {
            byte[] params = message(response, 1);
            byte[] version = message(params, 1);
            CodedInputStream in = CodedInputStream.newInstance(version);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int field = WireFormat.getTagFieldNumber(tag);
                if (field >= 1
                        && field <= 4
                        && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                    texts[field - 1] = in.readStringRequireUtf8();
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new ChainException(
                    Kind.UNREADABLE, node + " answers with parameters that do not decode", e);
        }
        return versions(texts[1], texts[0], texts[3], texts[2], node);
    }

    /// The last message in a field; empty if there is none, as protobuf has it for messages whose
    /// fields are all unset.
    private static byte[] message(byte[] bytes, int wanted) throws IOException {
        byte[] found = new byte[0];
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (wanted << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                found = in.readByteArray();
            } else {
                in.skipField(tag);
            }
        }
        return found;
    }

    /// Reads the four versions.
    ///
    /// @throws ChainException if one is none, or they cannot be a chain's
    static ProtocolVersions versions(
            String providerMin,
            String providerTarget,
            String consumerMin,
            String consumerTarget,
            String node) {
        ProtocolVersions versions =
                new ProtocolVersions(
                        version("provider_min", providerMin, node),
                        version("provider_target", providerTarget, node),
                        version("consumer_min", consumerMin, node),
                        version("consumer_target", consumerTarget, node));
        versions.problem()
                .ifPresent(problem -> {
                    throw new ChainException(
                            Kind.UNREADABLE,
                            node + " answers with versions that no chain has: " + problem);
                });
        return versions;
    }

    private static Version version(String key, String text, String node) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return Version.parse(text)
                .filter(_ -> !text.startsWith("v"))
                .orElseThrow(() ->
                        new ChainException(
                                Kind.UNREADABLE,
                                node
                                        + " answers with "
                                        + key
                                        + " \""
                                        + shown
                                        + "\", which is no version"));
    }
}

package io.visor.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A SHA-256 digest (FIPS 180-4).
///
/// @param hex 64 lower-case hexadecimal digits
public record Sha256(String hex) {

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    public Sha256 {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a SHA-256: " + hex);
        }
    }

    /// What computes a digest; not for use by several threads.
    public static MessageDigest digester() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public static Sha256 of(byte[] digest) {
        return new Sha256(HexFormat.of().formatHex(digest));
    }

    /// Reads 64 hexadecimal digits of either case.
    public static Optional<Sha256> parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return HEX.matcher(lower).matches() ? Optional.of(new Sha256(lower)) : Optional.empty();
    }

    /// The first four digits, enough for a message.
    public String brief() {
        return hex.substring(0, 4) + "…";
    }

    @Override
    public String toString() {
        return hex;
    }
}

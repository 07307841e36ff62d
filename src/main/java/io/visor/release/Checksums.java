package io.visor.release;

import io.visor.model.Sha256;
import io.visor.release.ReleaseException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A list of SHA-256 sums: lines of `sha256sum` (`<hex> <name>`, a `*` before the name for binary
/// mode), or in BSD's form (`SHA256 (<name>) = <hex>`). A file that holds nothing but one digest is
/// read too, where one asset has one such file.
final class Checksums {

    private static final Pattern GNU = Pattern.compile("([0-9a-fA-F]{64}) [ *]?(.+)");
    private static final Pattern BSD = Pattern.compile("SHA256 \\((.+)\\) = ([0-9a-fA-F]{64})");
    private static final Pattern ALONE = Pattern.compile("\\s*([0-9a-fA-F]{64})\\s*");

    private Checksums() {}

    /// The digest of an asset.
    ///
    /// @param list the file's content
    /// @param asset the asset's whole name
    /// @param where the file, for messages
    /// @throws ReleaseException if the list does not name it, or names it with two digests
    static Sha256 find(byte[] list, String asset, String where) {
        String text = new String(list, StandardCharsets.UTF_8);
        Matcher alone = ALONE.matcher(text);
        if (alone.matches()) {
            return digest(alone.group(1));
        }
        Sha256 found = null;
        for (String line : text.split("\r?\n")) {
            Sha256 digest = digestOf(asset, line);
            if (digest != null && found != null && !digest.equals(found)) {
                throw new ReleaseException(Kind.CHECKSUM, where + " names " + asset + " twice");
            }
            found = digest == null ? found : digest;
        }
        if (found == null) {
            throw new ReleaseException(Kind.CHECKSUM, where + " does not name " + asset);
        }
        return found;
    }

    private static @Nullable Sha256 digestOf(String asset, String line) {
        Matcher gnu = GNU.matcher(line);
        if (gnu.matches()) {
            return gnu.group(2).equals(asset) ? digest(gnu.group(1)) : null;
        }
        Matcher bsd = BSD.matcher(line);
        return bsd.matches() && bsd.group(1).equals(asset) ? digest(bsd.group(2)) : null;
    }

    private static Sha256 digest(String hex) {
        return Sha256.parse(hex)
                .orElseThrow(() -> new IllegalStateException("the pattern is that of a digest"));
    }
}

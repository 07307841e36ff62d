package io.visor.systemd.unit;

import io.visor.model.FileFailures;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Finds templates: an operator's own, else the one that comes with visor.
///
/// @param own the directory of the operator's own; it need not be there
public record UnitTemplates(Path own) {

    private static final String SHIPPED = "/io/visor/templates/systemd/";

    /// The template of a kind of unit.
    ///
    /// @throws UnitException if the operator's own cannot be read
    public UnitTemplate of(UnitKind kind) {
        return named(kind.template());
    }

    /// The template of the rule for polkit.
    ///
    /// @throws UnitException if the operator's own cannot be read
    public UnitTemplate ofPolkitRule() {
        return named(PolkitRule.TEMPLATE);
    }

    private UnitTemplate named(String name) {
        Path file = own.resolve(name);
        try {
            return new UnitTemplate(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            return shipped(name);
        } catch (CharacterCodingException e) {
            throw new UnitException(file + " is not UTF-8; save it as UTF-8, or move it away");
        } catch (IOException e) {
            throw new UnitException(FileFailures.why(file, e) + "; mend it, or move it away");
        }
    }

    private static UnitTemplate shipped(String name) {
        try (InputStream in = UnitTemplates.class.getResourceAsStream(SHIPPED + name)) {
            if (in == null) {
                throw new IllegalStateException("no template " + name + " in this visor");
            }
            return new UnitTemplate(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

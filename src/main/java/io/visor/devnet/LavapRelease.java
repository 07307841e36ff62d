package io.visor.devnet;

import io.visor.model.Sha256;
import io.visor.model.Version;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/// A release of the devnet's `lavap`: one executable file. It is a shell script of two lines that
/// starts the Java runtime on the file itself, and behind it the archive with the program; archives
/// are read from their end.
///
/// @param version what it prints
/// @param file the executable
/// @param size in bytes
/// @param sha256 of the file
record LavapRelease(Version version, Path file, long size, Sha256 sha256) {

    private static final String MAIN = "io.visor.devnet.lavap.Lavap";
    private static final List<String> CLASSES = List.of("Lavap");

    /// Makes a release.
    ///
    /// @param properties what else it does: `exit-after-millis`, `exit-code`, `ignores-int`
    /// @param padding how many bytes of noise make it larger
    static LavapRelease make(
            Version version, Path file, Map<String, String> properties, long padding)
            throws IOException {
        MessageDigest digest = Sha256.digester();
        Files.createDirectories(file.getParent());
        try (OutputStream out =
                new BufferedOutputStream(
                        new DigestOutputStream(Files.newOutputStream(file), digest), 1 << 16)) {
            out.write(launcher().getBytes(StandardCharsets.UTF_8));
            pad(out, padding);
            writeArchive(out, version, properties);
        }
        return new LavapRelease(version, file, Files.size(file), Sha256.of(digest.digest()));
    }

    private static String launcher() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return "#!/bin/sh\nexec '"
                + java
                + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -Xmx16m -cp \"$0\" "
                + MAIN
                + " \"$@\"\n";
    }

    private static void pad(OutputStream out, long padding) throws IOException {
        Random random = new Random(padding);
        byte[] block = new byte[1 << 16];
        for (long left = padding; left > 0; left -= block.length) {
            random.nextBytes(block);
            out.write(block, 0, (int) Math.min(left, block.length));
        }
    }

    private static void writeArchive(
            OutputStream out, Version version, Map<String, String> properties) throws IOException {
        Map<String, String> all = new TreeMap<>(properties);
        all.put("version", version.toString());
        StringBuilder text = new StringBuilder();
        all.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        try (JarOutputStream jar = new JarOutputStream(new Unclosed(out))) {
            put(jar, "release.properties", text.toString().getBytes(StandardCharsets.UTF_8));
            for (String name : CLASSES) {
                String path = "io/visor/devnet/lavap/" + name + ".class";
                try (InputStream in = LavapRelease.class.getResourceAsStream("/" + path)) {
                    if (in == null) {
                        throw new IOException("visor was built without " + path);
                    }
                    put(jar, path, in.readAllBytes());
                }
            }
        }
    }

    private static void put(JarOutputStream jar, String name, byte[] bytes) throws IOException {
        JarEntry entry = new JarEntry(name);
        // A fixed time: the same version has the same bytes whenever it is made.
        entry.setTime(0);
        jar.putNextEntry(entry);
        jar.write(bytes);
        jar.closeEntry();
    }

    /// Keeps the stream open when the archive is finished.
    private static final class Unclosed extends FilterOutputStream {

        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Lays out target/visor: a launcher, the jars, a Java runtime of its own, and a cache of loaded classes that is made by
/// a training run, a whole upgrade on the embedded network. Run by Maven in the package phase, with the JDK 25 that the
/// toolchains plugin found.
public final class Distribution {

    /// What the code and its libraries use of the JDK.
    private static final String MODULES =
            "java.base,java.logging,java.management,java.naming,java.sql,java.xml,jdk.crypto.ec,jdk.httpserver,"
                    + "jdk.unsupported,jdk.zipfs";

    private static final String SQLITE_LIBRARY = "libsqlitejdbc.so";

    private final Path base;
    private final Path target;
    private final Path visor;
    private final String version;

    private Distribution(Path base, String version) {
        this.base = base;
        this.target = base.resolve("target");
        this.visor = target.resolve("visor");
        this.version = version;
    }

    public static void main(String[] arguments) throws Exception {
        new Distribution(Path.of(arguments[0]).toAbsolutePath(), arguments[1]).build();
    }

    private void build() throws Exception {
        delete(visor);
        Files.createDirectories(visor.resolve("bin"));
        copyJars();
        jlink();
        writeLauncher();
        copyTree(base.resolve("templates"), visor.resolve("templates"));
        copyTree(base.resolve("examples"), visor.resolve("examples"));
        writeCompletions();
        trainCommand();
        trainInstance();
        pack();
    }

    private void copyJars() throws IOException {
        Path lib = Files.createDirectories(visor.resolve("lib"));
        Files.copy(target.resolve("visor.jar"), lib.resolve("visor.jar"));
        copyTree(target.resolve("dependencies"), lib);
        try (Stream<Path> files = Files.list(lib)) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.getFileName().toString().startsWith("picocli-"))::iterator) {
                modernise(file);
            }
        }
        try (Stream<Path> files = Files.list(lib)) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.getFileName().toString().startsWith("sqlite-jdbc-"))::iterator) {
                takeOutLibrary(file, lib);
            }
        }
    }

    /// Lays SQLite's library for this machine beside the jars, and those for other machines aside: at run time it would be
    /// unpacked into a temporary folder at every start, and reading so large a jar costs 8 MB of memory.
    private static void takeOutLibrary(Path jar, Path lib) throws IOException {
        String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        try (FileSystem files = FileSystems.newFileSystem(jar)) {
            Path natives = files.getPath("/org/sqlite/native");
            Path library = lib.resolve(SQLITE_LIBRARY);
            Files.copy(natives.resolve("Linux").resolve(arch).resolve(SQLITE_LIBRARY), library);
            Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
            delete(natives);
        }
    }

    /// Brings the class files of a jar up to this JDK's version. Picocli is compiled for Java 5, and classes that old are
    /// left out of the class cache, which costs every command 100 ms.
    private static void modernise(Path jar) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(jar);
                Stream<Path> entries = Files.walk(files.getPath("/"))) {
            ClassFile format =
                    ClassFile.of(
                            ClassFile.ClassHierarchyResolverOption.of(
                                    ClassHierarchyResolver.ofResourceParsing(
                                                    name -> stream(files.getPath("/" + name.packageName().replace('.', '/') + "/" + name.displayName() + ".class")))
                                            .orElse(ClassHierarchyResolver.defaultResolver())));
            for (Path entry : entries.filter(e -> e.toString().endsWith(".class")).toList()) {
                ClassModel old = format.parse(Files.readAllBytes(entry));
                if (old.majorVersion() < ClassFile.JAVA_6_VERSION) {
                    Files.write(
                            entry,
                            format.transformClass(
                                    old,
                                    ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                                            .andThen(
                                                    ClassTransform.endHandler(
                                                            builder -> builder.withVersion(ClassFile.latestMajorVersion(), 0)))));
                }
            }
        }
    }

    private static InputStream stream(Path file) {
        try {
            return Files.exists(file) ? Files.newInputStream(file) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void jlink() {
        ToolProvider jlink =
                ToolProvider.findFirst("jlink").orElseThrow(() -> new IllegalStateException("this JDK has no jlink"));
        int code =
                jlink.run(
                        System.out,
                        System.err,
                        "--add-modules",
                        MODULES,
                        "--output",
                        visor.resolve("runtime").toString(),
                        "--strip-java-debug-attributes",
                        "--no-header-files",
                        "--no-man-pages",
                        "--generate-cds-archive");
        if (code != 0) {
            throw new IllegalStateException("jlink failed with " + code);
        }
    }

    /// visor.jar first, then the others by name: the order is part of what the class cache is made for.
    private List<String> jars() throws IOException {
        List<String> names = new ArrayList<>(List.of("visor.jar"));
        try (Stream<Path> files = Files.list(visor.resolve("lib"))) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar") && !name.equals("visor.jar"))
                    .sorted()
                    .forEach(names::add);
        }
        return names;
    }

    private void writeLauncher() throws IOException {
        StringBuilder classpath = new StringBuilder();
        for (String jar : jars()) {
            classpath.append(classpath.isEmpty() ? "" : ":").append("$visor/lib/").append(jar);
        }
        String script =
                Files.readString(base.resolve("scripts/dist/visor.sh")).replace("@CLASSPATH@", classpath);
        Path launcher = visor.resolve("bin/visor");
        Files.writeString(launcher, script);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void writeCompletions() throws Exception {
        Path folder = Files.createDirectories(visor.resolve("completions"));
        for (String shell : List.of("bash", "zsh")) {
            Path file = folder.resolve("visor." + shell);
            run(file, List.of("completion", shell), List.of());
        }
    }

    /// Makes the class cache of the commands that print something and end.
    private void trainCommand() throws Exception {
        Path cache = visor.resolve("command.aot");
        Path log = Files.createTempFile("visor-training", ".log");
        run(log, List.of("version"), List.of("-XX:AOTCacheOutput=" + cache));
        requireCache(cache, log);
        Files.delete(log);
    }

    private static void requireCache(Path cache, Path log) throws IOException {
        if (!Files.exists(cache)) {
            throw new IllegalStateException("the training run left no class cache:\n" + Files.readString(log));
        }
    }

    /// Makes the class cache of the commands that stay: visor is watched while it takes a child through an upgrade, so that
    /// an operator's first upgrade meets classes that are loaded and linked.
    private void trainInstance() throws Exception {
        Path work = Files.createTempDirectory("visor-training");
        Path cache = visor.resolve("instance.aot");
        Process devnet = start(work.resolve("devnet.log"), work, List.of("devnet", "--directory", work.resolve("devnet").toString(), "--block-time", "200ms"), List.of());
        try {
            Path addresses = work.resolve("devnet/devnet.json");
            await("propose", work.resolve("devnet.log"));
            String json = Files.readString(addresses);
            String releases = value(json, "releases");
            Files.writeString(work.resolve("consumer.yml"), "endpoints: []\n");
            Path home = Files.createDirectories(work.resolve("home/.lavavisor"));
            Files.writeString(
                    home.resolve("config.yml"),
                    "programs: {lavap: {upgrade: {health-window: 100ms}}}\n");
            Path log = work.resolve("wrap.log");
            Process wrap =
                    start(
                            log,
                            work,
                            List.of(
                                    "wrap",
                                    "--cmd",
                                    "lavap rpcconsumer consumer.yml",
                                    "--directory",
                                    work.resolve("home").toString(),
                                    "--node",
                                    value(json, "rpc"),
                                    "--chain-id",
                                    "lava",
                                    "--auto-download",
                                    "--release-url",
                                    releases + "/v{version}/lavap-v{version}-{os}-{arch}",
                                    "--checksum-url",
                                    releases + "/v{version}/sha256sum.txt"),
                            List.of("-XX:AOTCacheOutput=" + cache));
            try {
                await("1.0.0 is committed", log);
                propose(value(json, "rpc"), "1.1.0");
                await("1.1.0 is committed", log);
            } finally {
                wrap.destroy();
                if (!wrap.waitFor(120, TimeUnit.SECONDS)) {
                    wrap.destroyForcibly();
                }
            }
            requireCache(cache, log);
        } finally {
            devnet.destroy();
            devnet.waitFor();
            delete(work);
        }
    }

    private static void propose(String rpc, String target) throws Exception {
        String body =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"devnet_propose\",\"params\":{\"target\":\"" + target + "\"}}";
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(rpc.replace("tcp:", "http:")))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (!response.body().contains("\"result\"")) {
                throw new IllegalStateException(response.body());
            }
        }
    }

    private static String value(String json, String key) {
        int start = json.indexOf('"', json.indexOf(':', json.indexOf("\"" + key + "\"")) + 1) + 1;
        return json.substring(start, json.indexOf('"', start));
    }

    private static void await(String text, Path log) throws Exception {
        for (int i = 0; i < 600; i++) {
            if (Files.readString(log).contains(text)) {
                return;
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("training: no \"" + text + "\" within 60s in:\n" + Files.readString(log));
    }

    private Process start(Path output, Path directory, List<String> arguments, List<String> javaOptions)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(visor.resolve("bin/visor").toString()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("VISOR_JAVA_OPTIONS", String.join(" ", javaOptions));
        if (!javaOptions.isEmpty()) {
            builder.environment().put("VISOR_NO_CACHE", "1");
        }
        return builder.start();
    }

    private void run(Path output, List<String> arguments, List<String> javaOptions) throws Exception {
        Process process = start(output, base, arguments, javaOptions);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(arguments + " failed:\n" + Files.readString(output));
        }
    }

    private void pack() throws Exception {
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        Path archive = target.resolve("visor-" + version + "-linux-" + arch + ".tar.gz");
        Process tar =
                new ProcessBuilder(
                                "tar", "-C", target.toString(), "--owner=0", "--group=0", "-czf", archive.toString(), "visor")
                        .inheritIO()
                        .start();
        if (tar.waitFor() != 0) {
            throw new IllegalStateException("tar failed");
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    try (InputStream in = Files.newInputStream(file)) {
                        Files.copy(in, copy);
                    }
                }
            }
        }
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }
}

package io.visor.config;

import io.visor.model.Assurance;
import io.visor.model.ChainSpec;
import io.visor.model.CommandLine;
import io.visor.model.EndpointAddress;
import io.visor.model.Home;
import io.visor.model.Lavap;
import io.visor.model.Names;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.ReleaseSpec;
import io.visor.model.Role;
import io.visor.model.ServiceSpec;
import io.visor.model.StopPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.VisorConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/// Reads `config.yml`. A file of LavaVisor's (`services: [a.service]`) and an empty one are valid.
public final class ConfigReader {

    private static final Map<String, Role> ROLES = new LinkedHashMap<>();

    static {
        ROLES.put("provider", Role.PROVIDER);
        ROLES.put("consumer", Role.CONSUMER);
        ROLES.put("both", Role.BOTH);
    }

    private final Path file;
    private final Home home;
    private final Paths paths;
    private final Map<String, String> environment;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<ProgramName, ProgramSpec> programs = new LinkedHashMap<>();

    private ConfigReader(Path file, Home home, Path userHome, Map<String, String> environment) {
        this.file = file;
        this.home = home;
        this.environment = environment;
        this.paths =
                new Paths(
                        Optional.ofNullable(file.toAbsolutePath().getParent())
                                .orElse(file.getRoot()),
                        userHome);
    }

    /// What holds where there is no file.
    public static VisorConfig defaults() {
        return new VisorConfig(
                new ChainSpec(
                        ChainSpec.DEFAULT_CHAIN_ID,
                        List.of(EndpointAddress.parse(ChainSpec.DEFAULT_NODE)),
                        0),
                Map.of(Lavap.NAME, Lavap.SPEC),
                List.of(),
                List.of());
    }

    /// Reads a file; one that is not there is as good as an empty one.
    ///
    /// @param home where logs go
    /// @param userHome what `~` stands for
    /// @param environment visor's own, which environment files may refer to
    /// @throws ConfigException with all that is wrong in it
    public static VisorConfig read(
            Path file, Home home, Path userHome, Map<String, String> environment) {
        return new ConfigReader(file, home, userHome, environment).read();
    }

    /// Reads no more of a file than the programs that are declared there.
    ///
    /// @throws ConfigException with all that is wrong with them
    public static Map<ProgramName, ProgramSpec> readPrograms(Path file, Home home, Path userHome) {
        return new ConfigReader(file, home, userHome, Map.of()).readPrograms();
    }

    private Map<ProgramName, ProgramSpec> readPrograms() {
        programs.put(Lavap.NAME, Lavap.SPEC);
        Node node = YamlFile.read(file).flatMap(YamlFile::root).orElse(null);
        if (node instanceof MappingNode) {
            Section root = new Section("", node, problems);
            programs(root);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(file, problems);
        }
        return Map.copyOf(programs);
    }

    private VisorConfig read() {
        Node root = YamlFile.read(file).flatMap(YamlFile::root).orElse(null);
        VisorConfig config = root == null || Section.isNull(root) ? defaults() : read(root);
        if (!problems.isEmpty()) {
            throw new ConfigException(file, problems);
        }
        return config;
    }

    private VisorConfig read(Node node) {
        try (Section root = new Section("", node, problems)) {
            ChainSpec chain = chain(root);
            programs(root);
            List<ServiceSpec> services = new ArrayList<>();
            List<String> units = new ArrayList<>();
            services(root, services, units);
            return new VisorConfig(chain, programs, services, units);
        }
    }

    private ChainSpec chain(Section root) {
        try (Section chain = root.section("chain")) {
            chain.parsed(
                    "network",
                    text ->
                            switch (text) {
                                case "lava" -> text;
                                case "cosmos", "evm", "filecoin" ->
                                        throw new IllegalArgumentException(
                                                "this version of visor cannot follow "
                                                        + text
                                                        + " networks yet; use lava");
                                default ->
                                        throw new IllegalArgumentException(
                                                "\"" + text + "\" is not known; use lava");
                            });
            String id = chain.text("chain-id").orElse(ChainSpec.DEFAULT_CHAIN_ID);
            if (id.isBlank()) {
                chain.problem("chain-id", "is empty");
            }
            List<EndpointAddress> endpoints = new ArrayList<>();
            Optional<List<Node>> given = chain.items("endpoints");
            if (given.isPresent() && given.get().isEmpty()) {
                chain.problem("endpoints", "is empty; name a node, or leave it out");
            }
            List<Node> nodes = given.orElse(List.of());
            for (int i = 0; i < nodes.size(); i++) {
                String at = chain.at("endpoints") + "[" + i + "]";
                try {
                    if (!(nodes.get(i) instanceof ScalarNode scalar)) {
                        throw new IllegalArgumentException(
                                Section.shown(nodes.get(i)) + " is no address");
                    }
                    endpoints.add(EndpointAddress.parse(scalar.getValue()));
                } catch (IllegalArgumentException e) {
                    problems.add(
                            new Problem(
                                    Section.line(nodes.get(i)),
                                    at,
                                    String.valueOf(e.getMessage())));
                }
            }
            if (endpoints.isEmpty()) {
                endpoints.add(EndpointAddress.parse(ChainSpec.DEFAULT_NODE));
            }
            return new ChainSpec(id, endpoints, 0);
        }
    }

    private void programs(Section root) {
        programs.put(Lavap.NAME, Lavap.SPEC);
        try (Section section = root.section("programs")) {
            for (String key : section.keys()) {
                if (!Names.isName(key)) {
                    section.problem(key, "is no name of a program: " + Names.RULE);
                    continue;
                }
                ProgramName name = new ProgramName(key);
                try (Section program = section.section(key)) {
                    programs.put(name, program(name, program));
                }
            }
        }
    }

    private ProgramSpec program(ProgramName name, Section section) {
        boolean isLavap = name.equals(Lavap.NAME);
        String binary = section.text("binary").orElse(isLavap ? Lavap.BINARY : name.text());
        if (!Names.isName(binary)) {
            section.problem("binary", "\"" + binary + "\" is no file name: " + Names.RULE);
        }
        Role role;
        try (Section version = section.section("version")) {
            version.parsed(
                    "authority",
                    text -> {
                        if (!text.equals("chain")) {
                            throw new IllegalArgumentException(
                                    "this version of visor knows no authority \""
                                            + text
                                            + "\"; use chain");
                        }
                        return text;
                    });
            role = version.word("role", ROLES).orElse(null);
        }
        ReleaseSpec release;
        try (Section part = section.section("release")) {
            release = release(name, isLavap, section.has("release"), part);
        }
        UpgradePolicy upgrade;
        try (Section part = section.section("upgrade")) {
            upgrade =
                    new UpgradeReader(paths)
                            .read(isLavap ? Lavap.UPGRADE : UpgradePolicy.DEFAULT, part);
        }
        return new ProgramSpec(
                name, binary, role, release, upgrade, isLavap ? Lavap.STOP : StopPolicy.DEFAULT);
    }

    private ReleaseSpec release(
            ProgramName name, boolean isLavap, boolean isGiven, Section section) {
        section.notYet("keep", "digest", "keys");
        Assurance assurance =
                section.parsed("assurance", ConfigReader::assurance).orElse(Assurance.L1);
        List<String> arguments =
                section.parsed("version-command", CommandLine::split).orElse(List.of("version"));
        boolean byUrl = section.has("url");
        Optional<String> url = section.parsed("url", ReleaseSpec.UrlTemplate::parse);
        Optional<String> checksumUrl =
                section.parsed("checksum-url", ReleaseSpec.UrlTemplate::parseAddress);
        Optional<String> repository =
                section.parsed(
                        "github",
                        text -> {
                            if (!text.matches("[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")) {
                                throw new IllegalArgumentException(
                                        "\"" + text + "\" is not of the form owner/name");
                            }
                            return text;
                        });
        Optional<String> asset = section.text("asset");
        Optional<String> checksums = section.text("checksums");
        Optional<String> githubUrl = section.parsed("github-url", ConfigReader::webAddress);
        Optional<String> apiUrl = section.parsed("github-api-url", ConfigReader::webAddress);
        if (byUrl && repository.isPresent()) {
            section.problem("url", "stands beside github; use one of them");
        }
        if (byUrl && repository.isEmpty()) {
            for (String key : List.of("asset", "github-url", "github-api-url")) {
                if (section.has(key)) {
                    section.problem(key, "goes with github only");
                }
            }
            if (section.has("checksums")) {
                section.problem("checksums", "goes with github only; with url use checksum-url");
            }
        }
        if (!byUrl && section.has("checksum-url")) {
            section.problem("checksum-url", "goes with url only; with github use checksums");
        }
        if (byUrl) {
            return new ReleaseSpec(
                    new ReleaseSpec.UrlTemplate(url.orElse(""), checksumUrl.orElse(null)),
                    assurance,
                    arguments);
        }
        if (!isLavap && (!isGiven || repository.isEmpty() || asset.isEmpty())) {
            section.problem(
                    "",
                    "say where releases of "
                            + name
                            + " come from: github and asset, or url and checksum-url");
        }
        return new ReleaseSpec(
                new ReleaseSpec.Github(
                        repository.orElse(Lavap.REPOSITORY),
                        asset.orElse(Lavap.ASSET),
                        checksums.orElse(Lavap.CHECKSUMS),
                        githubUrl.orElse(ReleaseSpec.Github.URL),
                        apiUrl.orElse(ReleaseSpec.Github.API_URL)),
                assurance,
                arguments);
    }

    private static Assurance assurance(String text) {
        return switch (text) {
            case "L0" -> Assurance.L0;
            case "L1" -> Assurance.L1;
            case "L2", "L3", "L4" ->
                    throw new IllegalArgumentException(
                            "this version of visor cannot prove " + text + " yet; use L0 or L1");
            default ->
                    throw new IllegalArgumentException(
                            "\"" + text + "\" is not known; use L0 or L1");
        };
    }

    private static String webAddress(String text) {
        return ReleaseSpec.UrlTemplate.parseAddress(text).replaceAll("/+$", "");
    }

    private void services(Section root, List<ServiceSpec> services, List<String> units) {
        ServiceReader reader = new ServiceReader(home, paths, environment, programs, problems);
        Dependencies dependencies = new Dependencies(problems);
        Set<String> names = new HashSet<>();
        List<Node> nodes = root.items("services").orElse(List.of());
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            String at = "services[" + i + "]";
            String name = "";
            if (node instanceof ScalarNode scalar) {
                name = scalar.getValue();
                if (!name.endsWith(".service") || !Names.isName(name)) {
                    problem(
                            node,
                            at,
                            "\""
                                    + name
                                    + "\" is no unit; write name.service, or a mapping with name"
                                    + " and command");
                } else {
                    units.add(name);
                }
            } else if (!(node instanceof MappingNode)) {
                problem(
                        node,
                        at,
                        Section.shown(node)
                                + " is no service; write name.service, or a mapping with name and"
                                + " command");
            } else {
                try (Section section = new Section(at, node, problems)) {
                    Optional<ServiceSpec> service = reader.read(section);
                    if (service.isPresent()) {
                        services.add(service.get());
                        dependencies.add(service.get(), section);
                        name = service.get().name().text();
                    }
                }
            }
            if (!name.isEmpty() && !names.add(name.replaceFirst("\\.service$", ""))) {
                problem(node, at, "a service \"" + name + "\" stands above already");
            }
        }
        dependencies.check();
    }

    private void problem(Node node, String at, String text) {
        problems.add(new Problem(Section.line(node), at, text));
    }
}

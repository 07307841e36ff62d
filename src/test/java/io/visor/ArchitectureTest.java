package io.visor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Holds the parts to the directions and homes that ARCHITECTURE.md draws.
@AnalyzeClasses(packages = "io.visor", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    private static final Set<String> GROUND = Set.of("model", "time", "json");

    /// What each part may use besides itself and the ground.
    private static final Map<String, Set<String>> USES = new LinkedHashMap<>();

    static {
        USES.put("model", Set.of());
        USES.put("time", Set.of());
        USES.put("json", Set.of());
        USES.put("api", Set.of());
        USES.put("os", Set.of());
        USES.put("net", Set.of());
        USES.put("store", Set.of("os"));
        USES.put("config", Set.of());
        USES.put("process", Set.of("os"));
        USES.put("chain", Set.of("net"));
        USES.put("release", Set.of("process", "net", "store", "os"));
        USES.put("service", Set.of("process", "net", "store"));
        USES.put("systemd", Set.of("service", "process", "os"));
        USES.put("upgrade", Set.of("service", "release", "chain", "process", "store"));
        USES.put("devnet", Set.of("net"));
        USES.put(
                "daemon",
                Set.of(
                        "api", "upgrade", "service", "systemd", "release", "chain", "process",
                        "config", "store", "net", "os"));
        USES.put("cli", Set.of("api", "daemon", "devnet", "config"));
    }

    /// Each outside library, and the parts that may know it.
    private static final Map<String, Set<String>> HOMES =
            Map.ofEntries(
                    Map.entry("picocli", Set.of("cli")),
                    Map.entry("okhttp3", Set.of("net")),
                    Map.entry("okio", Set.of("net")),
                    Map.entry("io.grpc", Set.of("net", "devnet")),
                    Map.entry("io.netty", Set.of("devnet")),
                    Map.entry("com.google.protobuf", Set.of("chain", "devnet")),
                    Map.entry("com.fasterxml.jackson", Set.of("json")),
                    Map.entry("java.sql", Set.of("store")),
                    Map.entry("org.sqlite", Set.of("store")),
                    Map.entry("org.yaml.snakeyaml", Set.of("config")),
                    Map.entry("org.zeroturnaround", Set.of("process")),
                    Map.entry("org.slf4j", Set.of("daemon")),
                    Map.entry("ch.qos.logback", Set.of("daemon")),
                    Map.entry("com.sun.net.httpserver", Set.of("daemon")),
                    Map.entry("io.prometheus", Set.of("daemon")),
                    Map.entry("java.lang.foreign", Set.of("os")),
                    Map.entry("sun.misc", Set.of("os", "devnet")));

    @ArchTest
    static final ArchRule everyClassIsInAKnownPart =
            classes()
                    .should(
                            satisfy(
                                    "be in a part that ARCHITECTURE.md names",
                                    (type, problems) -> {
                                        if (!USES.containsKey(part(type))) {
                                            problems.add(type.getName() + " is in no part");
                                        }
                                    }));

    @ArchTest
    static final ArchRule partsUseOnlyWhatTheyMay =
            classes()
                    .should(
                            satisfy(
                                    "use only the parts that theirs may use",
                                    (type, problems) -> {
                                        String from = part(type);
                                        type.getDirectDependenciesFromSelf()
                                                .forEach(dependency -> {
                                                    JavaClass target =
                                                            dependency
                                                                    .getTargetClass()
                                                                    .getBaseComponentType();
                                                    if (!target.getName().startsWith("io.visor.")) {
                                                        return;
                                                    }
                                                    String to = part(target);
                                                    boolean allowed =
                                                            to.equals(from)
                                                                    || USES.getOrDefault(
                                                                                    from, Set.of())
                                                                            .contains(to)
                                                                    || GROUND.contains(to)
                                                                            && groundAllows(
                                                                                    from, to);
                                                    if (!allowed) {
                                                        problems.add(dependency.getDescription());
                                                    }
                                                });
                                    }));

    /// The ground has its own order: model below time and json.
    private static boolean groundAllows(String from, String to) {
        return !GROUND.contains(from) || to.equals("model") && !from.equals("model");
    }

    @ArchTest
    static final ArchRule librariesStayAtHome =
            classes()
                    .should(
                            satisfy(
                                    "know only the libraries whose home they are in",
                                    (type, problems) ->
                                            type.getDirectDependenciesFromSelf()
                                                    .forEach(dependency -> {
                                                        String target =
                                                                dependency
                                                                        .getTargetClass()
                                                                        .getBaseComponentType()
                                                                        .getName();
                                                        HOMES.forEach((library, homes) -> {
                                                            if (target.startsWith(library + ".")
                                                                    && !homes.contains(
                                                                            part(type))) {
                                                                problems.add(
                                                                        dependency
                                                                                .getDescription());
                                                            }
                                                        });
                                                    })));

    /// Whoever needs a thread, a timer or the time asks the scheduler, so that an instance can run
    /// in simulated time. The devnet's stand-in for lavap is a program of its own.
    @ArchTest
    static final ArchRule timeAndThreadsComeFromTheScheduler =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("io.visor.time..", "io.visor.devnet.lavap..")
                    .should()
                    .callMethodWhere(makesThreadOrReadsTime())
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.util.Timer");

    private static DescribedPredicate<JavaCall<?>> makesThreadOrReadsTime() {
        Map<String, List<String>> banned =
                Map.of(
                        "java.lang.Thread",
                        List.of("sleep", "start", "ofPlatform", "ofVirtual", "startVirtualThread"),
                        "java.lang.System",
                        List.of("nanoTime", "currentTimeMillis"),
                        "java.time.Instant",
                        List.of("now"),
                        "java.time.Clock",
                        List.of("systemUTC", "systemDefaultZone"),
                        "java.util.concurrent.Executors",
                        List.of("*"),
                        "java.util.concurrent.CompletableFuture",
                        List.of("*"));
        return DescribedPredicate.describe(
                "makes a thread, sleeps or reads the time",
                call -> {
                    List<String> names =
                            banned.getOrDefault(call.getTargetOwner().getName(), List.of());
                    return names.contains("*") || names.contains(call.getTarget().getName());
                });
    }

    @ArchTest
    static final ArchRule namesSayWhatAClassIs =
            noClasses()
                    .should()
                    .haveSimpleNameEndingWith("Impl")
                    .orShould()
                    .haveSimpleNameEndingWith("Manager")
                    .orShould()
                    .haveSimpleNameEndingWith("Util")
                    .orShould()
                    .haveSimpleNameEndingWith("Utils")
                    .orShould()
                    .haveSimpleNameEndingWith("Helper");

    private static String part(JavaClass type) {
        String[] names = type.getPackageName().split("\\.");
        return names.length > 2 ? names[2] : Arrays.toString(names);
    }

    private interface Check {
        void check(JavaClass type, List<String> problems);
    }

    private static ArchCondition<JavaClass> satisfy(String description, Check check) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                List<String> problems = new ArrayList<>();
                check.check(type, problems);
                problems.forEach(
                        problem -> events.add(SimpleConditionEvent.violated(type, problem)));
            }
        };
    }
}

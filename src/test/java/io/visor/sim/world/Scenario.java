package io.visor.sim.world;

import io.visor.model.AdmissionPolicy;
import io.visor.model.Hook;
import io.visor.model.Lavap;
import io.visor.model.MaintenanceWindow;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.ReleaseSpec;
import io.visor.model.Role;
import io.visor.model.RollbackPolicy;
import io.visor.model.StopPolicy;
import io.visor.model.UpgradePolicy;
import io.visor.model.UpgradePolicy.Auto;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// What a visor is told to do in one simulation.
///
/// @param programs one or two
/// @param services how many services each program has; at least one
/// @param unversioned whether there is a service without a program
/// @param wrap whether visor wraps one command instead of keeping services
record Scenario(List<ProgramSpec> programs, int services, boolean unversioned, boolean wrap) {

    static final ProgramName LILY = new ProgramName("lily");

    static Scenario of(SplittableRandom random) {
        boolean wrap = random.nextInt(5) == 0;
        List<ProgramSpec> programs = new ArrayList<>();
        programs.add(
                new ProgramSpec(
                        Lavap.NAME,
                        Lavap.BINARY,
                        Role.BOTH,
                        Lavap.RELEASE,
                        upgrade(random),
                        Lavap.STOP));
        if (!wrap && random.nextInt(3) == 0) {
            programs.add(
                    new ProgramSpec(
                            LILY,
                            "lily",
                            Role.BOTH,
                            new ReleaseSpec(
                                    new ReleaseSpec.Github("filecoin-project/lily", "lily", "sums"),
                                    Lavap.RELEASE.required(),
                                    List.of("version")),
                            upgrade(random),
                            StopPolicy.DEFAULT));
        }
        return new Scenario(
                programs, wrap ? 1 : 1 + random.nextInt(3), !wrap && random.nextBoolean(), wrap);
    }

    private static UpgradePolicy upgrade(SplittableRandom random) {
        return new UpgradePolicy(
                random.nextInt(6) == 0 ? Auto.REQUIRED_ONLY : Auto.TRUE,
                Duration.ofSeconds(List.of(0, 5, 60).get(random.nextInt(3))),
                Duration.ofMinutes(5),
                random.nextInt(4) == 0 ? RollbackPolicy.NEVER : RollbackPolicy.AUTO,
                admission(random),
                hooks(random),
                null,
                null);
    }

    private static AdmissionPolicy admission(SplittableRandom random) {
        return new AdmissionPolicy(
                random.nextInt(6) == 0
                        ? List.of(
                                MaintenanceWindow.parse("00:00-00:40"),
                                MaintenanceWindow.parse("01:30-24:00"))
                        : List.of(),
                random.nextBoolean(),
                Duration.ofMinutes(random.nextInt(4) == 0 ? random.nextInt(10) : 0),
                Duration.ofMinutes(random.nextInt(4) == 0 ? random.nextInt(10) : 0),
                0,
                random.nextInt(4) == 0 ? Duration.ofMinutes(20) : null,
                0);
    }

    private static Map<Hook.Point, Hook> hooks(SplittableRandom random) {
        Map<Hook.Point, Hook> hooks = new EnumMap<>(Hook.Point.class);
        for (Hook.Point point : Hook.Point.values()) {
            if (random.nextInt(8) == 0) {
                hooks.put(
                        point,
                        new Hook(
                                List.of("/opt/" + point.word()),
                                Path.of("/"),
                                Duration.ofMinutes(1),
                                1));
            }
        }
        return hooks;
    }
}

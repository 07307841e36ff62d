package io.visor.model;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// What visor knows of `lavap`, the default program.
public final class Lavap {

    public static final ProgramName NAME = new ProgramName("lavap");
    public static final String BINARY = "lavap";
    public static final String REPOSITORY = "lavanet/lava";
    public static final String ASSET = "lavap-v{version}-{os}-{arch}";
    public static final String CHECKSUMS = "sha256sum.txt";

    /// `lavap` dies at once by `SIGTERM`, and ends properly on `SIGINT`: a provider then closes its
    /// reward database.
    public static final StopPolicy STOP =
            new StopPolicy(
                    List.of(
                            new StopPolicy.Step(Signal.INT, Duration.ofSeconds(20)),
                            new StopPolicy.Step(Signal.TERM, Duration.ofSeconds(10))),
                    Set.of());

    public static final ReleaseSpec RELEASE =
            new ReleaseSpec(
                    new ReleaseSpec.Github(REPOSITORY, ASSET, CHECKSUMS),
                    Assurance.L1,
                    List.of("version"));

    public static final UpgradePolicy UPGRADE =
            new UpgradePolicy(
                    UpgradePolicy.Auto.FALSE,
                    UpgradePolicy.DEFAULT.healthWindow(),
                    UpgradePolicy.DEFAULT.startTimeout(),
                    RollbackPolicy.AUTO);

    public static final ProgramSpec SPEC =
            new ProgramSpec(NAME, BINARY, null, RELEASE, UPGRADE, STOP);

    private Lavap() {}
}

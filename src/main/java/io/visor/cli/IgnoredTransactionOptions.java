package io.visor.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The flags of Cosmos transactions that LavaVisor's `create-service` takes because it is built as
/// a command that makes one; it makes none, and nothing comes of them. `-o` is not among them: it
/// says how the result is printed.
final class IgnoredTransactionOptions {

    private static final String IGNORED = "Accepted as LavaVisor has it; it does nothing.";

    @Option(
            names = {"-a", "--account-number"},
            hidden = true,
            paramLabel = "N",
            description = IGNORED)
    private @Nullable String accountNumber;

    @Option(names = "--aux", hidden = true, description = IGNORED)
    private boolean aux;

    @Option(
            names = {"-b", "--broadcast-mode"},
            hidden = true,
            paramLabel = "MODE",
            description = IGNORED)
    private @Nullable String broadcastMode;

    @Option(names = "--dry-run", hidden = true, description = IGNORED)
    private boolean dryRun;

    @Option(names = "--fee-granter", hidden = true, paramLabel = "KEY", description = IGNORED)
    private @Nullable String feeGranter;

    @Option(names = "--fee-payer", hidden = true, paramLabel = "KEY", description = IGNORED)
    private @Nullable String feePayer;

    @Option(names = "--fees", hidden = true, paramLabel = "COINS", description = IGNORED)
    private @Nullable String fees;

    @Option(names = "--gas", hidden = true, paramLabel = "GAS", description = IGNORED)
    private @Nullable String gas;

    @Option(names = "--gas-adjustment", hidden = true, paramLabel = "N", description = IGNORED)
    private @Nullable String gasAdjustment;

    @Option(names = "--gas-prices", hidden = true, paramLabel = "COINS", description = IGNORED)
    private @Nullable String gasPrices;

    @Option(names = "--generate-only", hidden = true, description = IGNORED)
    private boolean generateOnly;

    @Option(names = "--keyring-dir", hidden = true, paramLabel = "DIR", description = IGNORED)
    private @Nullable String keyringDirectory;

    @Option(names = "--ledger", hidden = true, description = IGNORED)
    private boolean ledger;

    @Option(names = "--note", hidden = true, paramLabel = "TEXT", description = IGNORED)
    private @Nullable String note;

    @Option(names = "--offline", hidden = true, description = IGNORED)
    private boolean offline;

    @Option(
            names = {"-s", "--sequence"},
            hidden = true,
            paramLabel = "N",
            description = IGNORED)
    private @Nullable String sequence;

    @Option(names = "--sign-mode", hidden = true, paramLabel = "MODE", description = IGNORED)
    private @Nullable String signMode;

    @Option(names = "--timeout-height", hidden = true, paramLabel = "N", description = IGNORED)
    private @Nullable String timeoutHeight;

    @Option(names = "--tip", hidden = true, paramLabel = "COINS", description = IGNORED)
    private @Nullable String tip;

    @Option(
            names = {"-y", "--yes"},
            hidden = true,
            description = IGNORED)
    private boolean yes;
}

package io.visor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.visor.model.ProcessSpec;
import io.visor.model.ProcessSpec.Limit;
import io.visor.model.ProcessSpec.LimitValue;
import io.visor.model.ServiceSpec;
import io.visor.os.OpenFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FileBudgetTest {

    /// A kernel's limit, without a kernel: this process's own stays as it is.
    private static final class Kept implements FileBudget.Limits {

        private OpenFiles.Limit limit;

        Kept(long soft, long hard) {
            limit = new OpenFiles.Limit(soft, hard);
        }

        @Override
        public OpenFiles.Limit get() {
            return limit;
        }

        @Override
        public void set(OpenFiles.Limit next) {
            limit = next;
        }
    }

    private static ExecChain.Linked link(ExecChain chain, ProcessSpec spec) {
        return chain.link(
                "/opt/x",
                new Launch(
                        List.of("x"),
                        Map.of(),
                        Path.of("/"),
                        null,
                        new ServiceSpec.PassThrough(),
                        spec,
                        "x",
                        Launch.TAIL_BYTES));
    }

    @Test
    void fewChildrenRaiseNothing() {
        Kept kept = new Kept(1024, 4096);
        FileBudget budget = new FileBudget(kept);
        assertThat(budget.reserve(42)).isEmpty();
        assertThat(kept.limit).isEqualTo(new OpenFiles.Limit(1024, 4096));
        assertThat(budget.original()).isEmpty();
    }

    @Test
    void manyRaiseTheSoftLimitAndChildrenKeepTheFirstOne() {
        Kept kept = new Kept(1024, 8192);
        FileBudget budget = new FileBudget(kept);
        assertThat(budget.reserve(100)).isEmpty();
        assertThat(kept.limit).isEqualTo(new OpenFiles.Limit(2656, 8192));
        assertThat(budget.reserve(200)).isEmpty();
        assertThat(kept.limit).isEqualTo(new OpenFiles.Limit(5056, 8192));
        assertThat(budget.original()).contains(new LimitValue(1024, 8192));
    }

    @Test
    void aHardLimitThatIsTooLowIsSaidWithTheFigure() {
        Kept kept = new Kept(512, 1000);
        assertThat(new FileBudget(kept).reserve(1000))
                .contains(
                        "1000 services need about 6256 open files and visor may have 1000; raise"
                                + " its hard limit to that (LimitNOFILE= of its unit, ulimit -Hn)");
        assertThat(kept.limit.soft()).isEqualTo(1000);
    }

    @Test
    void whereThereIsNoHardLimitTheOriginalHasNoneEither() {
        FileBudget budget = new FileBudget(new Kept(100, Long.MAX_VALUE));
        assertThat(budget.reserve(10)).isEmpty();
        assertThat(budget.original()).contains(new LimitValue(100, LimitValue.UNLIMITED));
    }

    /// A start that was planned before the limit was raised would hand the new one on.
    @Test
    void whatWasPlannedBeforeIsPlannedAgain() {
        FileBudget budget = new FileBudget(new Kept(1024, 8192));
        ExecChain chain = new ExecChain(budget);
        ExecChain.Linked before = link(chain, ProcessSpec.INHERITED);
        assertThat(before.program()).isEqualTo("/opt/x");
        assertThat(budget.reserve(100)).isEmpty();
        assertThat(chain.isCurrent(before)).isFalse();
        ExecChain.Linked after = link(chain, ProcessSpec.INHERITED);
        assertThat(chain.isCurrent(after)).isTrue();
        assertThat(after.arguments()).contains("--nofile=1024:8192");
        assertThat(
                        link(
                                        chain,
                                        new ProcessSpec(
                                                null,
                                                null,
                                                null,
                                                null,
                                                Map.of(Limit.NOFILE, new LimitValue(99, 99))))
                                .arguments())
                .contains("--nofile=99");
    }

    /// The limit of this very process, read and set to what it is.
    @Test
    void theKernelIsAsked() {
        OpenFiles.Limit limit = OpenFiles.limit();
        assertThat(limit.soft()).isPositive().isLessThanOrEqualTo(limit.hard());
        OpenFiles.set(limit);
        assertThat(OpenFiles.limit()).isEqualTo(limit);
    }
}

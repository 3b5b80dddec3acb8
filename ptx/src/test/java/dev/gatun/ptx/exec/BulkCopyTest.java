package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.TestKernel;
import dev.gatun.ptx.check.Checker;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When bulk copies take effect, and how memory barriers count their bytes. */
class BulkCopyTest {
    private static final String LOAD = "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes";
    private static final String INIT = """
            .shared .align 128 .b8 tile[256]; .shared .align 8 .b64 bar; setp.eq.u32 %p0, %t, 0; setp.ne.u32 %p1, %t, 0;
            @%p0 mbarrier.init.shared.b64 [bar], 1; @%p0 fence.mbarrier_init.release.cluster; bar.sync 0;
            """;
    private static final String WAIT = "wait: mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0; @!%p2 bra wait;\n";
    private static final String OUT = "mul.wide.u32 %d1, %t, 4; add.u64 %out, %out, %d1; st.global.u32 [%out], %r0;";

    private static int[] input(int count) {
        int[] input = new int[count];
        Arrays.setAll(input, n -> 100 + n);
        return input;
    }

    private static int[] run(String body, int threads, LaunchOptions options) {
        return TestKernel.run(TestKernel.module(body), Dim3.of(1), Dim3.of(threads), input(64), threads, options);
    }

    @Test
    void landsOnlyWhenItsMemoryBarrierIsLookedAt() {
        String body = INIT + "@%p0 mbarrier.arrive.expect_tx.shared.b64 %d2, [bar], 64; @%p0 " + LOAD
                + " [tile], [%in], 64, [bar];\nbar.sync 0; ld.shared.u32 %r0, [tile+8];\n" + WAIT + OUT;
        assertEquals(-1, run(body, 32, LaunchOptions.DEFAULT)[0]);
        assertEquals(102, run(body, 32, LaunchOptions.DEFAULT.withLateCopies(false))[0]);
    }

    @Test
    void waitsOnlyForGroupsBeforeTheLast() {
        String store = "@%p0 cp.async.bulk.global.shared::cta.bulk_group [%out+";
        String body = INIT + """
                mov.u32 %r1, tile; mad.lo.u32 %r1, %t, 4, %r1; st.shared.u32 [%r1], %t; fence.proxy.async; bar.sync 0;
                """ + store + "0], [tile], 16; @%p0 cp.async.bulk.commit_group;\n" + store
                + "16], [tile+16], 16; @%p0 cp.async.bulk.commit_group;\n" + store
                + "32], [tile+32], 16; @%p0 cp.async.bulk.wait_group 1;\n"
                // the second group and the one not committed are read when the block ends
                + "bar.sync 0; mov.u32 %r2, 7; st.shared.u32 [%r1], %r2; bar.sync 0;";
        int[] found = run(body, 32, LaunchOptions.DEFAULT);
        assertArrayEquals(new int[] {0, 1, 2, 3, 7, 7, 7, 7, 7, 7, 7, 7}, Arrays.copyOf(found, 12));
        String patient = body.replace("wait_group 1;", "commit_group; @%p0 cp.async.bulk.wait_group.read 0;");
        assertArrayEquals(
                new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
                Arrays.copyOf(run(patient, 32, LaunchOptions.DEFAULT), 12));
    }

    @Test
    void blocksReduceIntoOnePlaceWithoutARace() {
        String body = INIT + """
                mov.u32 %r1, tile; mad.lo.u32 %r1, %t, 4, %r1; st.shared.u32 [%r1], %t; fence.proxy.async; bar.sync 0;
                @%p0 cp.reduce.async.bulk.global.shared::cta.bulk_group.add.u32 [%out], [tile], 128;
                @%p0 cp.async.bulk.commit_group; @%p0 cp.async.bulk.wait_group.read 0;
                """;
        for (String order : List.of("forward", "reverse", "random(2)")) {
            Checker checker = Checker.all();
            LaunchOptions options = LaunchOptions.DEFAULT.withOrder(order).withWatcher(checker);
            int[] found = TestKernel.run(TestKernel.module(body), Dim3.of(9), Dim3.of(32), new int[0], 32, options);
            checker.assertClean();
            for (int n = 0; n < 32; n++) {
                assertEquals(9 * n, found[n]);
            }
        }
        int[] found = TestKernel.run(
                TestKernel.module(body),
                Dim3.of(99),
                Dim3.of(32),
                new int[0],
                32,
                LaunchOptions.DEFAULT.withWorkers(4));
        assertEquals(99 * 31, found[31]);
    }

    /** A phase is over when no arrival and no byte is pending, in whichever order they came. */
    @ParameterizedTest
    @CsvSource({
        "'complete 16, arrive expecting 16', 1",
        "'arrive expecting 16, complete 16', 1",
        "'expect 16, complete 16', 0",
        "'expect 16, complete 16, arrive', 1",
        "'complete 16, arrive', 0",
        "'complete 16, arrive, expect 16', 1",
        "'expect 32, arrive, complete 16', 0",
        "'expect 32, arrive, complete 16, complete 16', 1",
        "'expect 1048575, arrive', 0",
        "'complete 1048575, arrive', 0",
        "'arrive expecting 0', 1",
    })
    void aPhaseEndsWhenNothingIsPending(String operations, int ended) {
        StringBuilder body = new StringBuilder(INIT);
        for (String operation : operations.split(", ", -1)) {
            String bytes = operation.replaceAll("\\D+", "");
            String step = operation.startsWith("complete")
                    ? "mbarrier.complete_tx.relaxed.cta.shared.b64 [bar], " + bytes
                    : operation.startsWith("expect")
                            ? "mbarrier.expect_tx.relaxed.cta.shared.b64 [bar], " + bytes
                            : bytes.isEmpty()
                                    ? "mbarrier.arrive.shared.b64 _, [bar]"
                                    : "mbarrier.arrive.expect_tx.shared.b64 _, [bar], " + bytes;
            body.append("@%p0 ").append(step).append(";\n");
        }
        body.append("bar.sync 0; mbarrier.test_wait.parity.shared.b64 %p2, [bar], 0; selp.u32 %r0, 1, 0, %p2;\n");
        assertEquals(ended, run(body + OUT, 32, LaunchOptions.DEFAULT)[0]);
    }

    @Test
    void reportsTheBytesPendingInADeadlock() {
        String body = INIT + "@%p0 mbarrier.arrive.expect_tx.shared.b64 %d2, [bar], 96; @%p0 " + LOAD
                + " [tile], [%in], 64, [bar];\n" + WAIT;
        PtxFault fault = assertThrows(PtxFault.class, () -> run(body, 32, LaunchOptions.DEFAULT));
        assertEquals(PtxFault.Kind.DEADLOCK, fault.kind());
        String report = String.valueOf(fault.getMessage());
        assertTrue(
                report.contains("mbarrier at shared+0x0: phase 0, 0 of 1 arrivals pending, 32 bytes pending"), report);
    }

    @Test
    void reportsCopiesUnderWayInADeadlock() {
        String body = INIT + ".shared .align 8 .b64 other; @%p0 mbarrier.init.shared.b64 [other], 1; @%p0 " + LOAD
                + " [tile], [%in], 64, [other];\n" + WAIT;
        PtxFault fault = assertThrows(PtxFault.class, () -> run(body, 32, LaunchOptions.DEFAULT));
        String report = String.valueOf(fault.getMessage());
        assertTrue(
                report.contains("bulk copy under way: 64 bytes issued at line 9, for the mbarrier at shared+0x8"),
                report);
    }
}

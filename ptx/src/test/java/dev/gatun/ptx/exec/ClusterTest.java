package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clusters of several blocks: who is where, distributed shared memory, multicasts, barriers, and what a launch may ask. */
class ClusterTest {
    private static final String HEAD = """
            .version 8.4 .target sm_90 .address_size 64
            .visible .entry k(.param .u64 in, .param .u64 out) %s {
            .reg .pred %%p<8>; .reg .b16 %%h<8>; .reg .b32 %%r<32>; .reg .b64 %%d<16>; .reg .u32 %%t; .reg .u64 %%in, %%out;
            ld.param.u64 %%in, [in]; ld.param.u64 %%out, [out]; mov.u32 %%t, %%tid.x;
            """;
    private static final String SYNC = "barrier.cluster.arrive.aligned; barrier.cluster.wait.aligned;\n";

    private static PtxModule module(String attributes, String body) {
        return PtxModule.parse(HEAD.formatted(attributes) + body + "\nret;\n}\n");
    }

    private static int[] run(PtxModule module, Dim3 grid, int threads, int words, LaunchOptions options) {
        try (PtxMachine machine = new PtxMachine()) {
            int[] input = new int[1024];
            Arrays.setAll(input, n -> 1000 + n);
            long in = machine.allocate(MemorySegment.ofArray(input));
            long out = machine.allocate(4L * words);
            machine.fill(out, (byte) 0, 4L * words);
            MemorySegment parameters = MemorySegment.ofArray(new long[] {in, out});
            machine.launch(module.entry("k"), grid, Dim3.of(threads), 0, parameters, options);
            int[] result = new int[words];
            machine.copyOut(MemorySegment.ofArray(result), out);
            return result;
        }
    }

    /** In three orders under all checks, and with workers and early copies under none. */
    private static int[] everyWay(PtxModule module, Dim3 grid, int threads, int words, LaunchOptions base) {
        List<int[]> results = new ArrayList<>();
        for (String order : List.of("forward", "reverse", "random(3)")) {
            Checker checker = Checker.all();
            results.add(run(module, grid, threads, words, base.withOrder(order).withWatcher(checker)));
            checker.assertClean();
        }
        results.add(run(module, grid, threads, words, base.withWorkers(4)));
        results.add(run(module, grid, threads, words, base.withLateCopies(false)));
        for (int[] result : results) {
            assertEquals(Arrays.toString(results.get(0)), Arrays.toString(result));
        }
        return results.get(0);
    }

    @Test
    void tellsEachBlockItsPlace() {
        StringBuilder body = new StringBuilder("""
                mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ctaid.y; mov.u32 %r2, %nctaid.x; mad.lo.u32 %r3, %r1, %r2, %r0;
                mul.wide.u32 %d1, %r3, 64; add.u64 %out, %out, %d1;
                """);
        String[] registers = {
            "%clusterid.x",
            "%clusterid.y",
            "%nclusterid.x",
            "%nclusterid.y",
            "%cluster_ctaid.x",
            "%cluster_ctaid.y",
            "%cluster_nctaid.x",
            "%cluster_nctaid.y",
            "%cluster_ctarank",
            "%cluster_nctarank",
            "%cluster_nctaid.z"
        };
        for (int n = 0; n < registers.length; n++) {
            body.append("mov.u32 %r4, ")
                    .append(registers[n])
                    .append("; st.global.u32 [%out+")
                    .append(4 * n);
            body.append("], %r4;\n");
        }
        Dim3 grid = Dim3.of(6, 4);
        int[] found = everyWay(
                module(".reqnctapercluster 3, 2, 1", body.toString()), grid, 1, 24 * 16, LaunchOptions.DEFAULT);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 6; x++) {
                int at = (y * 6 + x) * 16;
                int[] expected = {x / 3, y / 2, 2, 2, x % 3, y % 2, 3, 2, x % 3 + 3 * (y % 2), 6, 1};
                assertEquals(Arrays.toString(expected), Arrays.toString(Arrays.copyOfRange(found, at, at + 11)));
            }
        }
    }

    /** Each block sums what all blocks of its cluster hold, as a split decode attention would. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void reducesOverDistributedSharedMemory(int blocks) {
        PtxModule module = module("", """
                .shared .align 16 .u32 part[64];
                mov.u32 %r1, %ctaid.x; mad.lo.u32 %r2, %r1, 64, %t; mul.wide.u32 %d1, %r2, 4; add.u64 %d2, %in, %d1;
                ld.global.u32 %r3, [%d2]; mov.u32 %r4, part; mad.lo.u32 %r5, %t, 4, %r4; st.shared.u32 [%r5], %r3;
                """ + SYNC + """
                mov.u32 %r6, 0; mov.u32 %r7, 0; mov.u32 %r8, %cluster_nctarank;
                next: mapa.shared::cluster.u32 %r9, %r5, %r7;
                ld.shared::cluster.u32 %r10, [%r9]; add.u32 %r6, %r6, %r10; add.u32 %r7, %r7, 1;
                setp.lt.u32 %p1, %r7, %r8; @%p1 bra next;
                """ + SYNC + "add.u64 %out, %out, %d1; st.global.u32 [%out], %r6;");
        int[] found = everyWay(
                module, Dim3.of(2 * blocks), 64, 128 * blocks, LaunchOptions.DEFAULT.withCluster(Dim3.of(blocks)));
        for (int n = 0; n < found.length; n++) {
            int cluster = n / (64 * blocks);
            int sum = 0;
            for (int rank = 0; rank < blocks; rank++) {
                sum += 1000 + (cluster * blocks + rank) * 64 + n % 64;
            }
            assertEquals(sum, found[n], "thread " + n);
        }
    }

    /** Rank 0 loads once for all; every block waits at its own memory barrier. */
    @Test
    void multicastsToTheRanksOfItsMask() {
        PtxModule module = module(".reqnctapercluster 4", """
                .shared .align 128 .b8 tile[256]; .shared .align 8 .b64 bar; setp.eq.u32 %p0, %t, 0;
                mov.u32 %r1, %cluster_ctarank; setp.ne.u32 %p4, %r1, 2; and.pred %p5, %p4, %p0; mov.u32 %r5, 0;
                @%p0 mbarrier.init.shared.b64 [bar], 1; @%p0 fence.mbarrier_init.release.cluster;
                @%p5 mbarrier.arrive.expect_tx.shared.b64 %d9, [bar], 256;
                """ + SYNC + """
                setp.eq.u32 %p1, %r1, 0; and.pred %p1, %p1, %p0; mov.b16 %h1, 11;
                @%p1 cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [tile], [%in], 256, [bar], %h1;
                @!%p4 bra leave;
                wait: mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0; @!%p2 bra wait;
                mov.u32 %r4, tile; mad.lo.u32 %r4, %t, 4, %r4; ld.shared.u32 %r5, [%r4];
                leave: mov.u32 %r2, %ctaid.x; mad.lo.u32 %r2, %r2, 64, %t; mul.wide.u32 %d1, %r2, 4; add.u64 %out, %out, %d1;
                st.global.u32 [%out], %r5;
                """ + SYNC);
        int[] found = everyWay(module, Dim3.of(8), 64, 512, LaunchOptions.DEFAULT);
        for (int n = 0; n < found.length; n++) {
            assertEquals(n / 64 % 4 == 2 ? 0 : 1000 + n % 64, found[n], "thread " + n);
        }
    }

    /** A ring: each block writes to the next, which may be three rounds behind, and arrives at its memory barrier. */
    @Test
    void passesDataAroundARing() {
        PtxModule module = module(".reqnctapercluster 4", """
                .shared .align 8 .u32 box[4]; .shared .align 8 .b64 full[4];
                setp.ne.u32 %p0, %t, 0;
                @%p0 bra start;
                mbarrier.init.shared.b64 [full], 1; mbarrier.init.shared.b64 [full+8], 1;
                mbarrier.init.shared.b64 [full+16], 1; mbarrier.init.shared.b64 [full+24], 1; fence.mbarrier_init.release.cluster;
                start:
                """ + SYNC + """
                @%p0 bra finish;
                mov.u32 %r1, %cluster_ctarank; add.u32 %r2, %r1, 1; and.b32 %r2, %r2, 3; mov.u32 %r3, %r1; mov.u32 %r4, 0;
                round: and.b32 %r5, %r4, 3; shr.u32 %r6, %r4, 2; and.b32 %r6, %r6, 1;
                mov.u32 %r7, box; mad.lo.u32 %r7, %r5, 4, %r7; mov.u32 %r8, full; mad.lo.u32 %r8, %r5, 8, %r8;
                mapa.shared::cluster.u32 %r9, %r7, %r2; mapa.shared::cluster.u32 %r10, %r8, %r2;
                st.shared::cluster.u32 [%r9], %r3;
                mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%r10];
                wait: mbarrier.try_wait.parity.acquire.cluster.shared.b64 %p2, [%r8], %r6; @!%p2 bra wait;
                ld.shared.u32 %r3, [%r7]; add.u32 %r3, %r3, 10;
                add.u32 %r4, %r4, 1; setp.lt.u32 %p3, %r4, 8; @%p3 bra round;
                mov.u32 %r11, %ctaid.x; mul.wide.u32 %d1, %r11, 4; add.u64 %d1, %out, %d1; st.global.u32 [%d1], %r3;
                finish: bar.warp.sync -1;
                """ + SYNC);
        int[] found = everyWay(module, Dim3.of(4), 32, 4, LaunchOptions.DEFAULT);
        assertEquals("[80, 81, 82, 83]", Arrays.toString(found)); // eight rounds of four blocks end where they began
    }

    @ParameterizedTest
    @CsvSource({
        "'', 3, 2, grid=(3;1;1) is no multiple of cluster=(2;1;1)",
        "'', 34, 17, cluster=(17;1;1) has more than 16 blocks",
        "'.reqnctapercluster 2', 4, 4, cluster=(4;1;1) is not the (2;1;1) that its .reqnctapercluster requires",
        "'.explicitcluster', 4, 0, 'it is .explicitcluster, so the launch must say the size of a cluster'",
        "'.explicitcluster .maxclusterrank 4', 8, 8, cluster=(8;1;1) has more than 4 blocks",
    })
    void refusesClustersThatCannotBe(String attributes, int grid, int cluster, String reason) {
        LaunchOptions options =
                cluster == 0 ? LaunchOptions.DEFAULT : LaunchOptions.DEFAULT.withCluster(Dim3.of(cluster));
        PtxModule module = module(attributes, "");
        PtxFault refused = assertThrows(PtxFault.class, () -> run(module, Dim3.of(grid), 32, 1, options));
        assertEquals(PtxFault.Kind.LAUNCH, refused.kind());
        assertTrue(
                String.valueOf(refused.getMessage()).replace(',', ';').contains(reason.replace(',', ';')),
                refused.getMessage());
    }

    @Test
    void refusesClustersOnOlderTargets() {
        PtxModule module = PtxModule.parse(HEAD.formatted("").replace("sm_90", "sm_80") + "ret;\n}\n");
        LaunchOptions options = LaunchOptions.DEFAULT.withCluster(Dim3.of(2));
        PtxFault refused = assertThrows(PtxFault.class, () -> run(module, Dim3.of(2), 32, 1, options));
        assertTrue(String.valueOf(refused.getMessage()).contains(".target sm_90"), refused.getMessage());
    }

    @Test
    void reportsWhoIsMissingInADeadlock() {
        PtxModule module = module(".reqnctapercluster 2", """
                .shared .align 8 .b64 bar; setp.ne.u32 %p0, %t, 0; mov.u32 %r1, %cluster_ctarank; setp.eq.u32 %p1, %r1, 1;
                @!%p0 mbarrier.init.shared.b64 [bar], 2; bar.sync 0;
                @%p1 bra wait;
                barrier.cluster.arrive; barrier.cluster.wait;
                wait: mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0; @!%p2 bra wait;
                """);
        PtxFault deadlock = assertThrows(
                PtxFault.class, () -> run(module, Dim3.of(2), 32, 1, LaunchOptions.DEFAULT.withStepLimit(1_000_000)));
        assertEquals(PtxFault.Kind.DEADLOCK, deadlock.kind());
        String report = String.valueOf(deadlock.getMessage());
        assertTrue(report.contains("missing: warp 0 of rank 1") && report.contains("block (1,0,0)"), report);
    }
}

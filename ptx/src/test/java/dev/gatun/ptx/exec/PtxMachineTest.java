package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.TestKernel;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PtxMachineTest {
    private static final int[] NOTHING = {};
    private static final String STORE_R0 = "mad.wide.u32 %d0, %t, 4, %out; st.global.u32 [%d0], %r0;";

    private static int[] perThread(String body, int threads) {
        return TestKernel.run(body + "\n" + STORE_R0, threads, NOTHING, threads);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 31, 32, 33, 65, 207, 1024})
    void runsBlocksOfAnySize(int threads) {
        int[] expected = IntStream.range(0, threads).map(n -> 3 * n + 1).toArray();
        assertArrayEquals(expected, perThread("mad.lo.u32 %r0, %t, 3, 1;", threads));
    }

    @Test
    void partsAndMeetsAtBranches() {
        int[] result = perThread("""
                and.b32 %r1, %t, 1; setp.eq.u32 %p0, %r1, 0;
                @%p0 bra even;
                mul.lo.u32 %r0, %t, 10; bra meet;
                even: add.u32 %r0, %t, 1000;
                meet: activemask.b32 %r2; popc.b32 %r2, %r2; shl.b32 %r2, %r2, 16; or.b32 %r0, %r0, %r2;
                """, 32);
        for (int n = 0; n < 32; n++) {
            assertEquals((n % 2 == 0 ? n + 1000 : 10 * n) | 32 << 16, result[n]);
        }
    }

    @Test
    void loopsAsOftenAsEachLaneWants() {
        int[] result = perThread("""
                mov.u32 %r0, 0; mov.u32 %r1, 0;
                next: setp.ge.u32 %p0, %r1, %t; @%p0 bra done;
                add.u32 %r0, %r0, %r1; add.u32 %r1, %r1, 1; bra next;
                done: activemask.b32 %r2; setp.ne.u32 %p1, %r2, 0xffffffff; @%p1 mov.u32 %r0, 12345;
                """, 32);
        for (int n = 0; n < 32; n++) {
            assertEquals(n * (n - 1) / 2, result[n]);
        }
    }

    @Test
    void lanesExitWhileOthersGoOn() {
        int[] result = perThread("""
                mov.u32 %r0, 7; setp.gt.u32 %p0, %t, 10; @%p0 exit;
                vote.sync.ballot.b32 %r0, %p0, 0xffffffff; add.u32 %r0, %r0, 5;
                """, 32);
        for (int n = 0; n < 32; n++) {
            assertEquals(n > 10 ? 0 : 5, result[n]);
        }
    }

    @Test
    void jumpsThroughTables() {
        int[] result = perThread("""
                table: .branchtargets a, b, c;
                rem.u32 %r1, %t, 3; brx.idx %r1, table;
                a: mov.u32 %r0, 10; bra done; b: mov.u32 %r0, 20; bra done; c: mov.u32 %r0, 30;
                done: add.u32 %r0, %r0, %t;
                """, 32);
        for (int n = 0; n < 32; n++) {
            assertEquals(10 * (n % 3 + 1) + n, result[n]);
        }
    }

    @Test
    void waitingLanesDoNotStarveTheOneTheyWaitFor() {
        int[] result = perThread("""
                .shared .u32 flag; setp.eq.u32 %p0, %t, 0; @%p0 st.volatile.shared.u32 [flag], 0; bar.warp.sync 0xffffffff;
                @%p0 bra leave;
                spin: ld.volatile.shared.u32 %r1, [flag]; setp.eq.u32 %p1, %r1, 0; @%p1 bra spin;
                leave: @%p0 st.volatile.shared.u32 [flag], 1; mov.u32 %r0, 9;
                """, 32);
        assertArrayEquals(IntStream.range(0, 32).map(n -> 9).toArray(), result);
    }

    @Test
    void sumsAcrossAWarpByShuffles() {
        int[] result = perThread("""
                cvt.rn.f32.u32 %f0, %t;
                shfl.sync.bfly.b32 %f1, %f0, 16, 0x1f, -1; add.f32 %f0, %f0, %f1;
                shfl.sync.bfly.b32 %f1, %f0, 8, 0x1f, -1; add.f32 %f0, %f0, %f1;
                shfl.sync.bfly.b32 %f1, %f0, 4, 0x1f, -1; add.f32 %f0, %f0, %f1;
                shfl.sync.bfly.b32 %f1, %f0, 2, 0x1f, -1; add.f32 %f0, %f0, %f1;
                shfl.sync.bfly.b32 %f1, %f0, 1, 0x1f, -1; add.f32 %f0, %f0, %f1;
                cvt.rzi.u32.f32 %r0, %f0;
                """, 32);
        assertArrayEquals(IntStream.range(0, 32).map(n -> 496).toArray(), result);
    }

    @Test
    void shufflesClampToTheirSegments() {
        int[] up = perThread("shfl.sync.up.b32 %r0|%p0, %t, 3, 0x1800, -1; @!%p0 add.u32 %r0, %r0, 100;", 32);
        int[] down = perThread("shfl.sync.down.b32 %r0|%p0, %t, 3, 0x181f, -1; @!%p0 add.u32 %r0, %r0, 100;", 32);
        int[] index = perThread("shfl.sync.idx.b32 %r0|%p0, %t, 5, 0x181f, -1; @!%p0 add.u32 %r0, %r0, 100;", 32);
        for (int n = 0; n < 32; n++) {
            assertEquals(n % 8 >= 3 ? n - 3 : n + 100, up[n]);
            assertEquals(n % 8 < 5 ? n + 3 : n + 100, down[n]);
            assertEquals(n / 8 * 8 + 5, index[n]);
        }
    }

    /** Halves of a warp that name each other's lanes only, as cooperative groups do, come together each for itself. */
    @Test
    void tilesOfAWarpHaveTheirOwnMasks() {
        String tile = "mov.u32 %r1, 0xFFFF; setp.lt.u32 %p0, %t, 16; @!%p0 mov.u32 %r1, 0xFFFF0000;";
        assertEquals(
                0x7F, perThread(tile + "setp.lt.u32 %p1, %t, 23; vote.sync.ballot.b32 %r0, %p1, %r1;", 32)[16] >>> 16);
        int[] sums = perThread(tile + "redux.sync.add.u32 %r0, %t, %r1;", 32);
        int[] shuffled = perThread(tile + "shfl.sync.idx.b32 %r0, %t, 3, 0x101F, %r1;", 32);
        int[] late =
                perThread(tile + "setp.eq.u32 %p1, %l, 20; @%p1 bra over; over: match.all.sync.b32 %r0, %r1, %r1;", 32);
        for (int n = 0; n < 32; n++) {
            assertEquals(n < 16 ? 120 : 376, sums[n]);
            assertEquals(n < 16 ? 3 : 19, shuffled[n]);
            assertEquals(n < 16 ? 0xFFFF : 0xFFFF0000, late[n]);
        }
    }

    @Test
    void votesMatchesAndReduces() {
        assertEquals(
                0xAAAAAAAA,
                perThread("and.b32 %r1, %t, 1; setp.ne.u32 %p0, %r1, 0; vote.sync.ballot.b32 %r0, %p0, -1;", 32)[3]);
        assertEquals(0x11111111 << 2, perThread("and.b32 %r1, %t, 3; match.any.sync.b32 %r0, %r1, -1;", 32)[2]);
        assertEquals(496, perThread("redux.sync.add.u32 %r0, %t, -1;", 32)[9]);
        assertEquals(-5, perThread("sub.s32 %r1, %t, 5; redux.sync.min.s32 %r0, %r1, -1;", 32)[9]);
        assertEquals(31, perThread("sub.s32 %r1, 31, %t; redux.sync.max.u32 %r0, %r1, -1;", 32)[9]);
    }

    @Test
    void expandsCallsWithTheirParameters() {
        PtxModule module = TestKernel.module("""
                .func (.param .b32 sum) add3(.param .b32 a, .param .b32 b, .param .align 4 .b8 c[8])
                { .reg .b32 %x<4>; .reg .pred %q; ld.param.b32 %x0, [a]; ld.param.b32 %x1, [b]; ld.param.b32 %x2, [c+4];
                  setp.gt.u32 %q, %x0, 20; @%q bra big; add.u32 %x0, %x0, %x1; add.u32 %x0, %x0, %x2; st.param.b32 [sum], %x0; ret;
                  big: st.param.b32 [sum], 1; ret; }
                .func (.reg .f32 %y) twice(.reg .f32 %x) { add.f32 %y, %x, %x; ret; }
                """, """
                { .param .b32 ret; .param .b32 p0; .param .b32 p1; .param .align 4 .b8 p2[8];
                  st.param.b32 [p0], %t; st.param.b32 [p1], 5; st.param.b32 [p2+4], 7; call.uni (ret), add3, (p0, p1, p2); ld.param.b32 %r0, [ret]; }
                cvt.rn.f32.u32 %f0, %r0; setp.ne.u32 %p0, %t, 3; @%p0 call (%f0), twice, (%f0); cvt.rzi.u32.f32 %r0, %f0;
                """ + STORE_R0);
        int[] result = TestKernel.run(module, Dim3.of(1), Dim3.of(32), NOTHING, 32, LaunchOptions.DEFAULT);
        for (int n = 0; n < 32; n++) {
            int sum = n > 20 ? 1 : n + 12;
            assertEquals(n == 3 ? sum : 2 * sum, result[n]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random(7)"})
    void barriersOrderWarps(String order) {
        PtxModule module = TestKernel.module("""
                .shared .u32 tile[128]; mov.u32 %r5, tile; mad.lo.u32 %r1, %t, 4, %r5; st.shared.u32 [%r1], %t;
                bar.sync 0; sub.u32 %r2, 127, %t; mad.lo.u32 %r2, %r2, 4, %r5; ld.shared.u32 %r0, [%r2];
                """ + STORE_R0);
        int[] result =
                TestKernel.run(module, Dim3.of(1), Dim3.of(128), NOTHING, 128, LaunchOptions.DEFAULT.withOrder(order));
        assertArrayEquals(IntStream.range(0, 128).map(n -> 127 - n).toArray(), result);
    }

    @Test
    void namedBarriersPairProducersWithConsumers() {
        int[] result = perThread("""
                .shared .u32 box; shr.u32 %r1, %t, 5; setp.eq.u32 %p0, %r1, 0; mov.u32 %r0, 1; @!%p0 bra consume;
                setp.eq.u32 %p1, %t, 0; @%p1 st.shared.u32 [box], 77; bar.arrive 3, 64; bra done;
                consume: bar.sync 3, 64; ld.shared.u32 %r0, [box];
                done:
                """, 64);
        assertEquals(1, result[0]);
        assertEquals(77, result[63]);
    }

    @Test
    void reducesAtBarriers() {
        int[] result = perThread("setp.lt.u32 %p0, %t, 41; bar.red.popc.u32 %r0, 0, %p0;", 100);
        assertArrayEquals(IntStream.range(0, 100).map(n -> 41).toArray(), result);
        assertEquals(
                0,
                perThread("setp.lt.u32 %p0, %t, 41; bar.red.and.pred %p1, 0, %p0; selp.u32 %r0, 1, 0, %p1;", 100)[5]);
        assertEquals(
                1, perThread("setp.lt.u32 %p0, %t, 1; bar.red.or.pred %p1, 0, %p0; selp.u32 %r0, 1, 0, %p1;", 100)[99]);
    }

    @Test
    void reportsWhoWaitsWhereInADeadlock() {
        PtxFault fault = assertThrows(
                PtxFault.class,
                () -> perThread(
                        "shr.u32 %r1, %t, 5;\nsetp.eq.u32 %p0, %r1, 0;\n@%p0 bar.sync 1;\n@!%p0 bar.sync 2;", 64));
        assertEquals(PtxFault.Kind.DEADLOCK, fault.kind());
        String report = String.valueOf(fault.getMessage());
        assertTrue(
                report.contains(
                        "warp 0 lanes 0xffffffff: waits at barrier 1 for all threads; warps missing: 1 at line 9: @%p0 bar.sync 1;"),
                report);
        assertTrue(report.contains("warp 1 lanes 0xffffffff: waits at barrier 2"), report);
    }

    @Test
    void reportsLanesThatNeverComeToAWarpInstruction() {
        PtxFault fault = assertThrows(
                PtxFault.class,
                () -> perThread(
                        "setp.lt.u32 %p0, %t, 16; @!%p0 bra done; shfl.sync.idx.b32 %r0, %t, 0, 31, -1; done: bar.sync 0;",
                        32));
        assertEquals(PtxFault.Kind.DEADLOCK, fault.kind());
        assertTrue(
                String.valueOf(fault.getMessage()).contains("waits for lanes 0xffff0000 to come"), fault.getMessage());
    }

    @Test
    void stopsRunawayKernels() {
        PtxModule module = TestKernel.module("forever: bra forever;");
        LaunchOptions options = LaunchOptions.DEFAULT.withStepLimit(1 << 20);
        PtxFault fault = assertThrows(
                PtxFault.class, () -> TestKernel.run(module, Dim3.of(1), Dim3.of(32), NOTHING, 1, options));
        assertEquals(PtxFault.Kind.RUNAWAY, fault.kind());
        assertTrue(String.valueOf(fault.getMessage()).contains("at line 7: bra forever;"), fault.getMessage());
    }

    @Test
    void blocksThatWaitForEachOtherFinish() {
        PtxModule module = TestKernel.module(".global .u32 arrived;", """
                mov.u64 %d1, arrived; atom.global.add.u32 %r1, [%d1], 1;
                wait: ld.acquire.gpu.global.u32 %r2, [%d1]; setp.lt.u32 %p0, %r2, 40; @%p0 bra wait;
                mov.u32 %r3, %ctaid.x; mad.wide.u32 %d0, %r3, 4, %out; st.global.u32 [%d0], 1;
                """);
        int[] result =
                TestKernel.run(module, Dim3.of(40), Dim3.of(1), NOTHING, 40, LaunchOptions.DEFAULT.withWorkers(2));
        assertEquals(40, IntStream.of(result).sum());
    }

    @Test
    void faultsNameThreadLineAndAllocation() {
        PtxFault fault = assertThrows(
                PtxFault.class,
                () -> TestKernel.run("mad.wide.u32 %d0, %t, 4, %out;\nst.global.u32 [%d0+64], %t;", 20, NOTHING, 20));
        assertEquals(PtxFault.Kind.ADDRESS, fault.kind());
        assertEquals(8, fault.line());
        String message = String.valueOf(fault.getMessage());
        assertTrue(
                message.startsWith(
                        "k: thread (4,0,0) (warp 0 lane 4) of block (0,0,0) writes 4 bytes of global memory at 0x"),
                message);
        assertTrue(message.contains("0 bytes past the end of the allocation of 80 bytes"), message);
        assertTrue(message.endsWith("at line 8: st.global.u32 [%d0+64], %t;"), message);
    }

    @Test
    void faultsOnMisalignedAndHostAndFreedAddresses() {
        assertEquals(
                PtxFault.Kind.MISALIGNED,
                assertThrows(
                                PtxFault.class,
                                () -> TestKernel.run("ld.global.v4.f32 {%f0,%f1,%f2,%f3}, [%out+4];", 1, NOTHING, 9))
                        .kind());
        assertEquals(
                PtxFault.Kind.ADDRESS,
                assertThrows(
                                PtxFault.class,
                                () -> TestKernel.run("mov.u64 %d1, 4096; ld.global.u32 %r0, [%d1];", 1, NOTHING, 9))
                        .kind());
        assertEquals(
                PtxFault.Kind.ADDRESS,
                assertThrows(
                                PtxFault.class,
                                () -> TestKernel.run(
                                        ".shared .u32 s[4]; mov.u32 %r1, s; ld.shared.u32 %r0, [%r1+16];",
                                        1, NOTHING, 9))
                        .kind());
        try (PtxMachine machine = new PtxMachine()) {
            long in = machine.allocate(64);
            machine.free(in);
            PtxModule module = TestKernel.module("ld.global.u32 %r0, [%in+8];");
            PtxFault fault = assertThrows(
                    PtxFault.class,
                    () -> machine.launch(
                            module.entry("k"), Dim3.of(1), Dim3.of(1), 0, MemorySegment.ofArray(new long[] {in, in})));
            assertTrue(
                    String.valueOf(fault.getMessage()).contains("8 bytes into the freed allocation of 64 bytes"),
                    fault.getMessage());
            assertThrows(IllegalArgumentException.class, () -> machine.free(in));
        }
    }

    @Test
    void refusesImpossibleLaunches() {
        try (PtxMachine machine = new PtxMachine()) {
            PtxModule module = TestKernel.module("");
            MemorySegment parameters = MemorySegment.ofArray(new long[2]);
            PtxFault few = assertThrows(
                    PtxFault.class,
                    () -> machine.launch(module.entry("k"), Dim3.of(1), Dim3.of(32), 0, parameters.asSlice(0, 8)));
            assertEquals("cannot launch k: the parameter block has 8 bytes, the entry takes 16", few.getMessage());
            assertThrows(
                    PtxFault.class, () -> machine.launch(module.entry("k"), Dim3.of(1), Dim3.of(1025), 0, parameters));
            assertThrows(
                    PtxFault.class,
                    () -> machine.launch(module.entry("k"), Dim3.of(1), Dim3.of(1), 300_000, parameters));
        }
    }

    @Test
    void genericAddressesReachEverySpace() {
        PtxModule module = TestKernel.module(
                ".const .u32 table[4] = {11, 22, 33, 44}; .global .u32 seeds[2] = {5, 6};", """
                .shared .u32 s[32]; .local .u32 l[2]; .reg .u64 %g<4>;
                mov.u32 %r5, s; mad.lo.u32 %r1, %t, 4, %r5; cvt.u64.u32 %g0, %r1; cvta.shared.u64 %g0, %g0; st.u32 [%g0], %t;
                mov.u64 %g1, l; cvta.local.u64 %g1, %g1; add.u32 %r2, %t, 100; st.u32 [%g1+4], %r2;
                ld.shared.u32 %r3, [%r1]; ld.local.u32 %r4, [l+4]; add.u32 %r0, %r3, %r4;
                mov.u64 %g2, table; cvta.const.u64 %g2, %g2; ld.u32 %r3, [%g2+8]; add.u32 %r0, %r0, %r3;
                ld.global.u32 %r3, [seeds+4]; add.u32 %r0, %r0, %r3; ld.const.u32 %r3, [table+4]; add.u32 %r0, %r0, %r3;
                """ + STORE_R0);
        int[] result = TestKernel.run(module, Dim3.of(1), Dim3.of(32), NOTHING, 32, LaunchOptions.DEFAULT);
        for (int n = 0; n < 32; n++) {
            assertEquals(n + n + 100 + 33 + 6 + 22, result[n]);
        }
    }

    @Test
    void atomicsCountEveryThreadOfEveryBlock() {
        PtxModule module = TestKernel.module("""
                red.global.add.u32 [%out], 1; red.global.max.u32 [%out+4], %t; atom.global.add.f32 %f0, [%out+8], 0f3F800000;
                mov.b32 %r1, 0x3C003C00; red.global.add.noftz.f16x2 [%out+12], %r1; atom.global.inc.u32 %r2, [%out+16], 9;
                atom.global.cas.b32 %r3, [%out+20], 0, 42; red.global.xor.b32 [%out+24], %t; atom.global.add.u64 %d1, [%out+32], 3;
                """);
        int[] result =
                TestKernel.run(module, Dim3.of(7), Dim3.of(65), NOTHING, 12, LaunchOptions.DEFAULT.withWorkers(2));
        assertEquals(455, result[0]);
        assertEquals(64, result[1]);
        assertEquals(455f, Float.intBitsToFloat(result[2]));
        assertEquals(0x5F1C5F1C, result[3]); // 455 is exact in f16
        assertEquals(455 % 10, result[4]);
        assertEquals(42, result[5]);
        assertEquals(64, result[6]);
        assertEquals(1365, result[8]);
    }

    @Test
    void copiesTakeEffectOnlyWhenWaitedFor() {
        String copy = """
                .shared .align 16 .u32 tile[32]; mov.u32 %r5, tile; mad.lo.u32 %r1, %t, 4, %r5; mad.wide.u32 %d1, %t, 4, %in;
                cp.async.ca.shared.global [%r1], [%d1], 4; cp.async.commit_group;
                """;
        int[] input = IntStream.range(0, 32).map(n -> n * n).toArray();
        String load = "ld.shared.u32 %r0, [%r1];" + STORE_R0;
        int[] waited = TestKernel.run(copy + "cp.async.wait_group 0;" + load, 32, input, 32);
        assertArrayEquals(input, waited);
        int[] stale = TestKernel.run(copy + "cp.async.wait_group 1;" + load, 32, input, 32);
        assertEquals(-1, stale[5]);
        int[] early = TestKernel.run(
                TestKernel.module(copy + load),
                Dim3.of(1),
                Dim3.of(32),
                input,
                32,
                LaunchOptions.DEFAULT.withLateCopies(false));
        assertArrayEquals(input, early);
    }

    @Test
    void copiesFillUpWithZeros() {
        int[] result = TestKernel.run("""
                .shared .align 16 .u32 tile[4]; cp.async.cg.shared.global [tile], [%in], 16, 8; cp.async.wait_all;
                ld.shared.v4.u32 {%r0, %r1, %r2, %r3}, [tile]; st.global.v4.u32 [%out], {%r0, %r1, %r2, %r3};
                """, 1, new int[] {1, 2, 3, 4}, 4);
        assertArrayEquals(new int[] {1, 2, 0, 0}, result);
    }

    @Test
    void memoryBarriersPassPhases() {
        int[] result = perThread("""
                .shared .b64 bar; .shared .u32 box; .reg .b64 %state; setp.eq.u32 %p0, %t, 0;
                @%p0 mbarrier.init.shared.b64 [bar], 64; bar.sync 0;
                setp.eq.u32 %p1, %t, 40; @%p1 st.shared.u32 [box], 99;
                mbarrier.arrive.shared.b64 %state, [bar];
                wait: mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0; @!%p2 bra wait;
                ld.shared.u32 %r0, [box];
                """, 64);
        assertArrayEquals(IntStream.range(0, 64).map(n -> 99).toArray(), result);
    }

    @Test
    void launchesReadTheirParametersByOffset() {
        String text = TestKernel.HEAD + """
                .visible .entry p(.param .u64 out, .param .u8 a, .param .f32 b, .param .align 8 .b8 c[16]) {
                .reg .u64 %out, %d; .reg .u32 %r<4>; .reg .f32 %f;
                ld.param.u64 %out, [out]; ld.param.u8 %r0, [a]; ld.param.f32 %f, [b]; ld.param.u64 %d, [c+8];
                st.global.u32 [%out], %r0; st.global.f32 [%out+4], %f; st.global.u64 [%out+8], %d; ret; }
                """;
        try (PtxMachine machine = new PtxMachine()) {
            long out = machine.allocate(16);
            byte[] block = new byte[32];
            MemorySegment parameters = MemorySegment.ofArray(block);
            parameters.set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 0, out);
            block[8] = (byte) 200;
            parameters.set(java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED, 12, 2.5f);
            parameters.set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 24, 1L << 40);
            machine.launch(PtxModule.parse(text).entry("p"), Dim3.of(1), Dim3.of(1), 0, parameters);
            int[] result = new int[4];
            machine.copyOut(MemorySegment.ofArray(result), out);
            assertArrayEquals(new int[] {200, Float.floatToRawIntBits(2.5f), 0, 256}, result);
        }
    }

    @Test
    void movesConstantsToPredicates() {
        assertEquals(
                1,
                perThread(
                        "mov.pred %p0, -1; mov.pred %p1, 0; not.pred %p1, %p1; and.pred %p0, %p0, %p1; selp.u32 %r0, 1, 0, %p0;",
                        2)[1]);
    }

    @Test
    void extendedPrecisionCarries() {
        int[] result = TestKernel.run("""
                ld.global.v4.u32 {%r0, %r1, %r2, %r3}, [%in];
                add.cc.u32 %r4, %r0, %r2; addc.u32 %r5, %r1, %r3; st.global.v2.u32 [%out], {%r4, %r5};
                sub.cc.u32 %r4, %r0, %r2; subc.u32 %r5, %r1, %r3; st.global.v2.u32 [%out+8], {%r4, %r5};
                """, 1, new int[] {-1, 5, 2, 1}, 4);
        assertArrayEquals(new int[] {1, 7, -3, 4}, result);
    }
}

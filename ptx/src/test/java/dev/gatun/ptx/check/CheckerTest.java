package dev.gatun.ptx.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.TestKernel;
import dev.gatun.ptx.exec.LaunchOptions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Kernels with one planted mistake each, and their repaired twins. The body of a kernel begins on line 7. */
class CheckerTest {
    private static final int[] INPUT = new int[256];

    private static List<Finding> check(String body, int blocks, int threads) {
        return checked(body, blocks, threads).findings();
    }

    private static Checker checked(String body, int blocks, int threads) {
        Checker checker = Checker.all();
        TestKernel.run(
                TestKernel.module(body),
                Dim3.of(blocks),
                Dim3.of(threads),
                INPUT,
                256,
                LaunchOptions.DEFAULT.withWatcher(checker));
        return checker;
    }

    private static void assertClean(String body, int blocks, int threads) {
        assertEquals(
                "========= 0 kinds of errors\n", checked(body, blocks, threads).report("k.ptx"));
    }

    private static void assertFinds(Check check, String kind, int firstLine, int line, List<Finding> findings) {
        assertTrue(
                findings.stream()
                        .anyMatch(finding -> finding.check() == check
                                && finding.kind().equals(kind)
                                && finding.then().line() == line
                                && (firstLine == 0
                                        || Objects.requireNonNull(finding.first())
                                                        .line()
                                                == firstLine)),
                () -> "no " + check + " " + kind + " at " + line + " among " + findings);
    }

    private static final String EXCHANGE = """
            .shared .u32 tile[128];
            mov.u32 %%r5, tile; mad.lo.u32 %%r1, %%t, 4, %%r5;
            st.shared.u32 [%%r1], %%t;
            %s
            sub.u32 %%r2, 127, %%t; mad.lo.u32 %%r2, %%r2, 4, %%r5;
            ld.shared.u32 %%r0, [%%r2];
            mad.wide.u32 %%d0, %%t, 4, %%out; st.global.u32 [%%d0], %%r0;
            """;

    @Test
    void findsAForgottenBarrier() {
        List<Finding> findings = check(EXCHANGE.formatted(""), 1, 128);
        assertFinds(Check.SHARED_RACE, "RAW", 9, 12, findings);
        assertClean(EXCHANGE.formatted("bar.sync 0;"), 1, 128);
    }

    @Test
    void findsAForgottenBarrierBetweenRounds() {
        String rounds = """
                .shared .u32 tile[128];
                mov.u32 %%r5, tile; mad.lo.u32 %%r1, %%t, 4, %%r5; mov.u32 %%r6, 0; xor.b32 %%r2, %%t, 127; mad.lo.u32 %%r2, %%r2, 4, %%r5;
                next: st.shared.u32 [%%r1], %%t;
                bar.sync 0;
                ld.shared.u32 %%r0, [%%r2];
                %s
                add.u32 %%r6, %%r6, 1; setp.lt.u32 %%p0, %%r6, 3; @%%p0 bra next;
                """;
        assertFinds(Check.SHARED_RACE, "WAR", 11, 9, check(rounds.formatted(""), 1, 128));
        assertClean(rounds.formatted("bar.sync 0;"), 1, 128);
    }

    @Test
    void findsAMissingWarpBarrier() {
        String neighbours = """
                .shared .u32 tile[32];
                mov.u32 %%r5, tile; mad.lo.u32 %%r1, %%t, 4, %%r5; xor.b32 %%r2, %%t, 1; mad.lo.u32 %%r2, %%r2, 4, %%r5;
                st.shared.u32 [%%r1], %%t;
                %s
                ld.shared.u32 %%r0, [%%r2];
                """;
        List<Finding> findings = check(neighbours.formatted(""), 1, 32);
        assertFinds(Check.WARP_SYNC, "RAW", 9, 11, findings);
        assertClean(neighbours.formatted("bar.warp.sync -1;"), 1, 32);
    }

    @Test
    void findsUninitialisedRegistersAndMemory() {
        assertFinds(
                Check.INIT,
                "register",
                0,
                8,
                check("mad.wide.u32 %d0, %t, 4, %out;\nst.global.u32 [%d0], %r9;", 1, 32));
        assertClean("mad.wide.u32 %d0, %t, 4, %out; mov.u32 %r9, 3;\nst.global.u32 [%d0], %r9;", 1, 32);
        assertFinds(Check.INIT, "register", 0, 7, check("@%p3 mov.u32 %r0, 1;", 1, 32));
        assertFinds(
                Check.INIT,
                "register",
                0,
                9,
                check("setp.lt.u32 %p0, %t, 9;\n@%p0 mov.u32 %r1, 5;\nsetp.eq.u32 %p1, %r1, 5;", 1, 32));
        assertClean("setp.lt.u32 %p0, %t, 9;\n@%p0 mov.u32 %r1, 5;\n@%p0 setp.eq.u32 %p1, %r1, 5;", 1, 32);
        assertFinds(Check.INIT, "memory", 0, 7, check(".shared .u32 s; ld.shared.u32 %r0, [s];", 1, 32));
        assertFinds(
                Check.INIT,
                "memory",
                0,
                8,
                check(".local .u32 s[2]; st.local.u32 [s], %t;\nld.local.u32 %r0, [s+4];", 1, 32));
        assertClean(".local .u32 s[2]; st.local.u32 [s+4], %t;\nld.local.u32 %r0, [s+4];", 1, 32);
    }

    @Test
    void findsBlocksThatWriteTheSamePlace() {
        assertFinds(Check.GLOBAL_RACE, "WAW", 7, 7, check("st.global.u32 [%out], 5;", 2, 1));
        assertFinds(
                Check.GLOBAL_RACE,
                "RAW",
                9,
                8,
                check(
                        "mov.u32 %r1, %ctaid.x; mad.wide.u32 %d0, %r1, 4, %out;\nld.global.u32 %r0, [%out];\nst.global.u32 [%d0], 5;",
                        2, 1));
        assertClean("mov.u32 %r1, %ctaid.x; mad.wide.u32 %d0, %r1, 4, %out;\nst.global.u32 [%d0], 5;", 4, 1);
        assertClean("red.global.add.u32 [%out], 5;", 4, 32);
    }

    @Test
    void tellsTheBytesOfAWordApartBetweenBlocks() {
        String place = "mov.u32 %r1, %ctaid.x; mul.lo.u32 %r2, %r1, 2; cvt.u64.u32 %d0, %r2; add.u64 %d0, %d0, %out;\n";
        assertClean(place + "st.global.u16 [%d0], 5;", 4, 1);
        assertClean(place + "st.global.u8 [%d0+1], 5;\nld.global.u8 %r0, [%d0];", 4, 1);
        assertFinds(Check.GLOBAL_RACE, "WAW", 8, 8, check(place + "st.global.u16 [%out+2], 5;", 2, 1));
        assertFinds(
                Check.GLOBAL_RACE,
                "RAW",
                8,
                9,
                check(place + "st.global.u8 [%d0+1], 5;\nld.global.u8 %r0, [%out+1];", 2, 1));
    }

    @Test
    void acceptsBlocksOrderedByAnAtomic() {
        String lastBlock = """
                mov.u32 %%r1, %%ctaid.x; mad.wide.u32 %%d0, %%r1, 4, %%out; st.global.u32 [%%d0+64], %%r1;
                membar.gl; %s setp.ne.u32 %%p0, %%r2, 3; @%%p0 bra done;
                ld.global.u32 %%r3, [%%out+64]; done:
                """;
        assertClean(lastBlock.formatted("atom.global.add.u32 %r2, [%out], 1;"), 4, 1);
        assertFinds(Check.GLOBAL_RACE, "RAW", 7, 9, check(lastBlock.formatted("mov.u32 %r2, %r1;"), 4, 1));
    }

    @Test
    void findsDivergentBarriers() {
        assertFinds(
                Check.BARRIER,
                "lanes are elsewhere",
                0,
                9,
                check(
                        "setp.lt.u32 %p0, %t, 9;\n@!%p0 bra other;\nbar.sync 0; bra done;\nother: bar.sync 0;\ndone:",
                        1, 32));
        assertFinds(
                Check.BARRIER,
                "lanes have exited",
                0,
                8,
                check("setp.lt.u32 %p0, %t, 9; @%p0 exit;\nbar.sync 0;", 1, 32));
        assertClean("setp.lt.u32 %p0, %t, 32; @%p0 exit;\nbar.sync 0;", 1, 64);
        assertClean("bar.sync 0;", 1, 33);
    }

    @Test
    void findsReadOnlyLoadsOfWrittenMemory() {
        String body = "mad.wide.u32 %%d0, %%t, 4, %%out;\nst.global.u32 [%%d0], %%t;\nld.global%s.u32 %%r0, [%%d0];";
        assertFinds(Check.READ_ONLY, "", 8, 9, check(body.formatted(".nc"), 1, 32));
        assertClean(body.formatted(""), 1, 32);
    }

    @Test
    void findsReadsOfPendingCopies() {
        String copy = """
                .shared .align 16 .u32 tile[32]; mov.u32 %%r5, tile; mad.lo.u32 %%r1, %%t, 4, %%r5; mad.wide.u32 %%d1, %%t, 4, %%in;
                cp.async.ca.shared.global [%%r1], [%%d1], 4; cp.async.commit_group;
                %s
                ld.shared.u32 %%r0, [%%r1];
                """;
        assertFinds(
                Check.SHARED_RACE,
                "RAW with a pending cp.async",
                8,
                10,
                check(copy.formatted("cp.async.wait_group 1;"), 1, 32));
        assertClean(copy.formatted("cp.async.wait_group 0;"), 1, 32);
    }

    @Test
    void findsCopiesThatOnlyTheCopyingThreadWaitedFor() {
        String copy = """
                .shared .align 16 .u32 tile[64]; mov.u32 %%r5, tile; mad.lo.u32 %%r1, %%t, 4, %%r5; mad.wide.u32 %%d1, %%t, 4, %%in;
                cp.async.ca.shared.global [%%r1], [%%d1], 4; cp.async.wait_all;
                %s
                xor.b32 %%r2, %%r1, 128; ld.shared.u32 %%r0, [%%r2];
                """;
        Checker checker = checked(copy.formatted("bar.sync 0;"), 1, 64);
        assertTrue(checker.isClean(), checker.report("k.ptx"));
        assertFinds(Check.SHARED_RACE, "RAW", 8, 10, check(copy.formatted(""), 1, 64));
    }

    @Test
    void memoryBarriersAndNamedBarriersOrder() {
        assertClean("""
                .shared .b64 bar; .shared .u32 box; .reg .b64 %state; setp.eq.u32 %p0, %t, 0;
                @%p0 mbarrier.init.shared.b64 [bar], 64; bar.sync 0;
                setp.eq.u32 %p1, %t, 40; @%p1 st.shared.u32 [box], 99;
                mbarrier.arrive.shared.b64 %state, [bar];
                wait: mbarrier.try_wait.parity.shared.b64 %p2, [bar], 0; @!%p2 bra wait;
                ld.shared.u32 %r0, [box];
                """, 1, 64);
        assertClean("""
                .shared .u32 box; setp.lt.u32 %p0, %t, 32; @!%p0 bra consume;
                setp.eq.u32 %p1, %t, 0; @%p1 st.shared.u32 [box], 77; bar.arrive 3, 64; bra done;
                consume: bar.sync 3, 64; ld.shared.u32 %r0, [box];
                done:
                """, 1, 64);
    }

    @Test
    void reportsLikeComputeSanitizerAndAsJson() {
        Checker checker = checked(EXCHANGE.formatted(""), 1, 128);
        Finding finding = checker.findings().stream()
                .filter(found ->
                        found.check() == Check.SHARED_RACE && found.kind().equals("RAW"))
                .findFirst()
                .orElseThrow();
        String text = finding.text("kernel.ptx");
        assertTrue(text.startsWith("========= ERROR: shared-memory race (RAW), "), text);
        assertTrue(text.contains("kernel.ptx:12   ld.shared.u32 %r0, [%r2];"), text);
        assertTrue(text.contains("kernel.ptx:9   st.shared.u32 [%r1], %t;"), text);
        assertTrue(text.contains("(tile+0x"), text);
        String json = checker.json();
        assertTrue(json.contains("\"check\": \"SHARED_RACE\", \"kind\": \"RAW\""), json);
        assertTrue(json.contains("\"first\": {\"line\": 9, "), json);
    }

    @Test
    void looksOnlyForWhatIsChosen() {
        Checker checker = Checker.of(Check.INIT);
        TestKernel.run(
                TestKernel.module(EXCHANGE.formatted("")),
                Dim3.of(1),
                Dim3.of(128),
                INPUT,
                256,
                LaunchOptions.DEFAULT.withWatcher(checker).withOrder("reverse"));
        assertTrue(checker.findings().stream().allMatch(finding -> finding.check() == Check.INIT));
    }
}

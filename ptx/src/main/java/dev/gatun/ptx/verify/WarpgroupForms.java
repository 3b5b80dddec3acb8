package dev.gatun.ptx.verify;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The rows of {@code wgmma}, written by program since N takes up to 32 values. */
final class WarpgroupForms {
    private static final String SINCE = " @8.0/90a\n";
    private static final String MIXED_SINCE = " @8.4/90a\n";
    private static final List<Integer> EVERY_EIGHT =
            IntStream.rangeClosed(1, 32).map(n -> 8 * n).boxed().toList();

    /** Integers skip most odd multiples of eight. */
    private static final List<Integer> OF_INTEGERS =
            EVERY_EIGHT.stream().filter(n -> n == 8 || n == 24 || n % 16 == 0).toList();

    private WarpgroupForms() {}

    static String rows() {
        StringBuilder rows = new StringBuilder();
        rows.append("wgmma.fence.sync.aligned").append(SINCE);
        rows.append("wgmma.commit_group.sync.aligned").append(SINCE);
        rows.append("wgmma.wait_group.sync.aligned #").append(SINCE);
        String tall = shapes(EVERY_EIGHT, 16);
        String wide = shapes(EVERY_EIGHT, 32);
        product(rows, tall + ".f32.{A:f16}.f16 =X/2*f32", " # #", 2, SINCE);
        product(rows, tall + ".f16.{A:f16}.f16 =X/4*b32", " # #", 2, SINCE);
        product(rows, tall + ".f32.{A:bf16}.bf16 =X/2*f32", " # #", 2, SINCE);
        product(rows, shapes(EVERY_EIGHT, 8) + ".f32.{A:tf32}.tf32 =X/2*f32", " # #", 0, SINCE);
        product(rows, wide + ".f32.{A:e4m3,e5m2}.{B:e4m3,e5m2} =X/2*f32", " # #", 0, SINCE);
        product(rows, wide + ".f16.{A:e4m3,e5m2}.{B:e4m3,e5m2} =X/4*b32", " # #", 0, SINCE);
        String bytes = shapes(OF_INTEGERS, 32) + ".satfinite?.s32.";
        product(rows, bytes + "{A:s8}.s8 =X/2*s32", "", 0, SINCE);
        product(rows, bytes + "{A:u8}.u8 =X/2*s32", "", 0, SINCE);
        product(rows, bytes + "{A:s8}.{B:u8} =X/2*s32", "", 0, MIXED_SINCE);
        product(rows, bytes + "{A:u8}.{B:s8} =X/2*s32", "", 0, MIXED_SINCE);
        return rows.toString();
    }

    private static String shapes(List<Integer> widths, int depth) {
        return widths.stream().map(n -> "m64n" + n + "k" + depth).collect(Collectors.joining(",", ".{X:", "}"));
    }

    /** Two rows: A by descriptor and A in registers, whose transposition has no constant. */
    private static void product(StringBuilder rows, String words, String signs, int transpositions, String since) {
        String start = "wgmma.mma_async.sync.aligned" + words;
        rows.append(start).append(" b64 b64 p").append(signs);
        rows.append(" #".repeat(transpositions)).append(since);
        rows.append(start).append(" 4*b32 b64 p").append(signs);
        rows.append(" #".repeat(transpositions / 2)).append(since);
    }
}

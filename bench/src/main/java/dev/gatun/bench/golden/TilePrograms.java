package dev.gatun.bench.golden;

import dev.gatun.bench.golden.Agreement.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.function.IntFunction;

/** The instructions whose results no document states to the bit, and those that other results depend on most. */
public final class TilePrograms {
    private final List<TileProgram> all = new ArrayList<>();

    private TilePrograms() {}

    /** All of them. */
    public static List<TileProgram> all() {
        TilePrograms programs = new TilePrograms();
        programs.functions();
        programs.conversions();
        programs.loads();
        programs.products();
        return List.copyOf(programs.all);
    }

    /** Bounds of the approximate functions are those of the PTX ISA, section on floating-point instructions. */
    private void functions() {
        function("ex2.approx.ftz.f32", Agreement.within(0x1p-22, 0x1p-126), -10, 7);
        function("lg2.approx.ftz.f32", Agreement.within(0x1p-22, 0x1p-22), -126, 127);
        function("rcp.approx.ftz.f32", Agreement.within(0x1p-23, 0x1p-126), -125, 125);
        function("rsqrt.approx.ftz.f32", Agreement.within(1.28e-7 /* 2^-22.9 */, 0), -126, 127);
        function("sqrt.approx.ftz.f32", Agreement.within(0x1p-22, 0x1p-126), -126, 127);
        function("sin.approx.ftz.f32", Agreement.within(0, 6.75e-7 /* 2^-20.5 */), -20, 1);
        function("cos.approx.ftz.f32", Agreement.within(0, 6.75e-7 /* 2^-20.5 */), -20, 1);
        function("tanh.approx.f32", Agreement.within(5.3e-4 /* 2^-10.9 */, 0), -20, 4);
    }

    private void function(String instruction, Agreement agreement, int leastExponent, int mostExponent) {
        add(
                instruction,
                80,
                "7.4",
                1,
                1,
                instruction + " %o0, %i0;",
                agreement,
                TileInputs.floats(1, leastExponent, mostExponent));
    }

    private void conversions() {
        IntFunction<int[]> one = TileInputs.floats(1, -30, 20);
        IntFunction<int[]> two = TileInputs.floats(2, -30, 20);
        add("cvt.rn.f16x2.f32", 80, "7.4", 2, 1, "cvt.rn.f16x2.f32 %o0, %i0, %i1;", Agreement.BITS, two);
        add("cvt.rn.bf16x2.f32", 80, "7.4", 2, 1, "cvt.rn.bf16x2.f32 %o0, %i0, %i1;", Agreement.BITS, two);
        add("cvt.rni.sat.s8.f32", 80, "7.4", 1, 1, "cvt.rni.sat.s8.f32 %o0, %i0;", Agreement.BITS, one);
        add("cvt.rni.s32.f32", 80, "7.4", 1, 1, "cvt.rni.s32.f32 %o0, %i0;", Agreement.BITS, one);
        add("cvt.rn.f32.s32", 80, "7.4", 1, 1, "cvt.rn.f32.s32 %o0, %i0;", Agreement.BITS, TileInputs.bits(1));
        String halves = ".reg .b16 %low, %high;\nmov.b32 {%low, %high}, %i0;\n";
        add(
                "cvt.f32.f16",
                80,
                "7.4",
                1,
                2,
                halves + "cvt.f32.f16 %o0, %low;\ncvt.f32.f16 %o1, %high;",
                Agreement.within(0, 0),
                TileInputs.bits(1));
        for (String eight : List.of("e4m3x2", "e5m2x2")) {
            add(
                    "cvt.rn.satfinite." + eight + ".f32",
                    89,
                    "8.1",
                    2,
                    1,
                    ".reg .b16 %pair;\ncvt.rn.satfinite." + eight + ".f32 %pair, %i0, %i1;\ncvt.u32.u16 %o0, %pair;",
                    Agreement.BITS,
                    two);
            add(
                    "cvt.rn.f16x2." + eight,
                    89,
                    "8.1",
                    1,
                    1,
                    halves + "cvt.rn.f16x2." + eight + " %o0, %low;",
                    Agreement.BITS,
                    TileInputs.bits(1));
            add(
                    "cvt.rn.satfinite." + eight + ".f16x2",
                    89,
                    "8.1",
                    1,
                    1,
                    ".reg .b16 %pair;\ncvt.rn.satfinite." + eight + ".f16x2 %pair, %i0;\ncvt.u32.u16 %o0, %pair;",
                    Agreement.BITS,
                    TileInputs.bits(1));
        }
    }

    private void loads() {
        for (String form : List.of("x1", "x2", "x4", "x1.trans", "x2.trans", "x4.trans")) {
            int count = form.charAt(1) - '0';
            add(
                    "ldmatrix." + form,
                    80,
                    "7.4",
                    4,
                    count,
                    ".shared .align 16 .b8 rows[512];\n.reg .b32 %place, %rows;\nmov.u32 %rows, rows;\n"
                            + "shl.b32 %place, %lane, 4;\nadd.u32 %place, %place, %rows;\n"
                            + "st.shared.v4.b32 [%place], {%i0, %i1, %i2, %i3};\nbar.sync 0;\n"
                            + "ldmatrix.sync.aligned.m8n8."
                            + form + ".shared.b16 " + registers("%o", 0, count) + ", [%place];",
                    Agreement.BITS,
                    TileInputs.bits(4));
        }
    }

    private void products() {
        TileInputs.Words exactHalf = random ->
                TileInputs.pair(TileInputs.half(random.nextInt(-6, 7)), TileInputs.half(random.nextInt(-6, 7)));
        TileInputs.Words half = random -> TileInputs.pair(
                TileInputs.half((float) random.nextGaussian()), TileInputs.half((float) random.nextGaussian()));
        TileInputs.Words exactBfloat = random ->
                TileInputs.pair(TileInputs.bfloat(random.nextInt(-6, 7)), TileInputs.bfloat(random.nextInt(-6, 7)));
        TileInputs.Words bfloat = random -> TileInputs.pair(
                TileInputs.bfloat((float) random.nextGaussian()), TileInputs.bfloat((float) random.nextGaussian()));
        TileInputs.Words exactTf32 = random -> Float.floatToRawIntBits(random.nextInt(-6, 7));
        // tf32 has 10 bits of fraction; which of the others a GPU looks at is its own affair
        TileInputs.Words tf32 = random -> Float.floatToRawIntBits((float) random.nextGaussian()) & 0xFFFF_E000;
        floats("m16n8k16", "f16", 4, 2, exactHalf, half, 80, "7.4");
        floats("m16n8k8", "f16", 2, 1, exactHalf, half, 80, "7.4");
        floats("m16n8k16", "bf16", 4, 2, exactBfloat, bfloat, 80, "7.4");
        floats("m16n8k8", "bf16", 2, 1, exactBfloat, bfloat, 80, "7.4");
        floats("m16n8k8", "tf32", 4, 2, exactTf32, tf32, 80, "7.4");
        floats("m16n8k4", "tf32", 2, 1, exactTf32, tf32, 80, "7.4");
        TileInputs.Words eight = random -> eightBits(random, 0x33);
        TileInputs.Words exactEight = random -> eightBits(random, 0x88);
        for (String type : List.of("e4m3", "e5m2")) {
            floats("m16n8k32", type, 4, 2, exactEight, eight, 89, "8.4");
        }
        halfSums("m16n8k16", 4, 2, exactHalf, half);
        halfSums("m16n8k8", 2, 1, exactHalf, half);
        for (String type : List.of("s8", "u8")) {
            integers("m16n8k32", type, 4, 2);
            integers("m16n8k16", type, 2, 1);
        }
    }

    /** Four numbers of 8 bits: any that are finite and not large, or (0x88) such that products are exact in either format. */
    private static int eightBits(Random random, int mask) {
        int word = 0;
        for (int i = 0; i < 4; i++) {
            // e4m3 0x38 is 1, e5m2 0x3C is 1; the exponents around them
            int exact = random.nextInt(3) == 0 ? 0 : 0x38 + 8 * random.nextInt(2);
            int one = mask == 0x88 ? exact : 0x28 + random.nextInt(0x18);
            word |= (one | (random.nextInt(2) << 7)) << (8 * i);
        }
        return word;
    }

    private void floats(
            String shape,
            String type,
            int a,
            int b,
            TileInputs.Words exact,
            TileInputs.Words words,
            int capability,
            String version) {
        String instruction = "mma.sync.aligned." + shape + ".row.col.f32." + type + "." + type + ".f32";
        mma(
                instruction,
                capability,
                version,
                a,
                b,
                4,
                Agreement.sums(Kind.SUM, 1e-5),
                matrices(a, b, 4, exact, words, false));
    }

    private void halfSums(String shape, int a, int b, TileInputs.Words exact, TileInputs.Words words) {
        String instruction = "mma.sync.aligned." + shape + ".row.col.f16.f16.f16.f16";
        mma(
                instruction,
                80,
                "7.4",
                a,
                b,
                2,
                Agreement.sums(Kind.HALF_SUMS, 0x1p-9),
                matrices(a, b, 2, exact, words, true));
    }

    private void integers(String shape, String type, int a, int b) {
        String instruction = "mma.sync.aligned." + shape + ".row.col.s32." + type + "." + type + ".s32";
        mma(instruction, 80, "7.4", a, b, 4, Agreement.BITS, TileInputs.bits(a + b + 4));
    }

    private static IntFunction<int[]> matrices(
            int a, int b, int sums, TileInputs.Words exact, TileInputs.Words words, boolean half) {
        return TileInputs.matrices(a + b, sums, exact, words, half);
    }

    private void mma(
            String instruction,
            int capability,
            String version,
            int a,
            int b,
            int sums,
            Agreement agreement,
            IntFunction<int[]> numbers) {
        String body = instruction + " " + registers("%o", 0, sums) + ", " + registers("%i", 0, a) + ", "
                + registers("%i", a, b) + ", " + registers("%i", a + b, sums) + ";";
        String name = instruction.replace("mma.sync.aligned.", "mma.");
        add(name, capability, version, a + b + sums, sums, body, agreement, numbers);
    }

    private static String registers(String stem, int first, int count) {
        StringJoiner list = new StringJoiner(", ", "{", "}");
        for (int i = first; i < first + count; i++) {
            list.add(stem + i);
        }
        return list.toString();
    }

    private void add(
            String name,
            int capability,
            String version,
            int inputs,
            int outputs,
            String body,
            Agreement agreement,
            IntFunction<int[]> numbers) {
        all.add(new TileProgram(name, capability, version, inputs, outputs, body, agreement, numbers));
    }
}

package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A product by a warpgroup, with small whole numbers, so that any order of summation is exact.
 *
 * <p>Where an element lies in shared memory is written out from the canonical layouts of the ISA, which register holds it
 * from the figures of "Register Fragments and Shared Memory Matrix Layouts".
 */
final class WarpgroupProgram implements FormProgram {
    static final int THREADS = 128;
    private static final int ROWS = 64;
    private static final int K_BYTES = 32;
    private static final int RIGHT = 8 * 1024; // where B begins in shared memory
    private static final int TILE = 40 * 1024; // bytes of shared memory for both

    /** The types of a row of the table. */
    private record Types(String words, String a, String b, String sum, boolean mayTranspose) {}

    /** How a matrix lies in shared memory; {@code swizzle} 16 stands for none. */
    record Layout(int swizzle, boolean acrossK) {
        /** Bytes to the next core matrix, or the next swizzle width. */
        int leading(int lines) {
            return swizzle == 16 ? (acrossK ? lines * 16 : 128) : 16 * swizzle;
        }

        int stride(int lines) {
            return swizzle == 16 ? (acrossK ? 128 : 256) : 8 * swizzle;
        }

        /** Of element {@code k} of row or column {@code line}. */
        int offset(int line, int k, int size, int lines) {
            int at;
            int kByte = k * size;
            if (!acrossK && swizzle == 16) {
                at = line / 8 * stride(lines) + line % 8 * 16 + kByte / 16 * leading(lines) + kByte % 16;
            } else if (!acrossK) {
                at = line / 8 * stride(lines) + line % 8 * swizzle + kByte;
            } else if (swizzle == 16) {
                at = line / 8 * stride(lines) + line % 8 * size + k / 8 * leading(lines) + k % 8 * 16;
            } else {
                int wide = swizzle / size;
                at = line / wide * leading(lines) + line % wide * size + k / 8 * stride(lines) + k % 8 * swizzle;
            }
            int pattern = at / 128 % 8 % (swizzle / 16);
            return at / 128 * 128 + (at % 128 / 16 ^ pattern) * 16 + at % 16;
        }

        long descriptor(int start, int lines) {
            long mode = swizzle == 16 ? 0 : 4 - Integer.numberOfTrailingZeros(swizzle / 16);
            return start >> 4 | (long) leading(lines) >> 4 << 16 | (long) stride(lines) >> 4 << 32 | mode << 62;
        }
    }

    private final Types types;
    private final int columns;
    private final boolean inRegisters;
    private final Layout left;
    private final Layout right;
    private final int signA;
    private final int signB;
    private final boolean accumulates;

    private WarpgroupProgram(Types types, int columns, boolean inRegisters, int variant) {
        int[] swizzles = {128, 16, 64, 32};
        this.types = types;
        this.columns = columns;
        this.inRegisters = inRegisters;
        boolean across = types.mayTranspose;
        this.left = new Layout(swizzles[variant % 4], across && variant % 3 == 1);
        int rightSwizzle = swizzles[variant / 2 % 4];
        boolean rightAcross = across && variant % 5 < 2 && (rightSwizzle == 16 || columns % (rightSwizzle / 2) == 0);
        this.right = new Layout(rightSwizzle, rightAcross);
        boolean mayNegate = !types.sum.equals("s32");
        this.signA = mayNegate && variant % 7 == 3 ? -1 : 1;
        this.signB = mayNegate && variant % 6 == 2 ? -1 : 1;
        this.accumulates = variant % 4 != 3;
    }

    static List<FormProgram> all() {
        List<Types> rows = new ArrayList<>();
        rows.add(new Types("f32.f16.f16", "f16", "f16", "f32", true));
        rows.add(new Types("f16.f16.f16", "f16", "f16", "f16", true));
        rows.add(new Types("f32.bf16.bf16", "bf16", "bf16", "f32", true));
        rows.add(new Types("f32.tf32.tf32", "f32", "f32", "f32", false));
        for (String sum : List.of("f32", "f16")) {
            for (String a : List.of("e4m3", "e5m2")) {
                for (String b : List.of("e4m3", "e5m2")) {
                    rows.add(new Types(sum + "." + a + "." + b, a, b, sum, false));
                }
            }
        }
        for (String a : List.of("s8", "u8")) {
            for (String b : List.of("s8", "u8")) {
                rows.add(new Types("s32." + a + "." + b, a, b, "s32", false));
                rows.add(new Types("satfinite.s32." + a + "." + b, a, b, "s32", false));
            }
        }
        List<FormProgram> programs = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            Types types = rows.get(row);
            boolean eightBits = types.a.startsWith("e"); // four of these are one row of the table, two of integers
            for (int n = 8, variant = row; n <= 256; n += 8, variant++) {
                boolean skipped = types.sum.equals("s32") && n % 16 != 0 && n > 24;
                boolean isTurn =
                        eightBits ? n / 8 % 4 == row % 4 : !types.sum.equals("s32") || n / 8 % 4 / 2 == row % 2;
                if (!skipped && isTurn) {
                    programs.add(new WarpgroupProgram(types, n, false, variant));
                    programs.add(new WarpgroupProgram(types, n, true, variant));
                }
            }
        }
        return programs;
    }

    private String mnemonic() {
        return "wgmma.mma_async.sync.aligned.m64n" + columns + "k" + depth() + "." + types.words;
    }

    private int depth() {
        return K_BYTES / size(types.a);
    }

    private static int size(String type) {
        return 4 / MatrixPrograms.elementsPerRegister(type);
    }

    @Override
    public boolean isAbout(String other) {
        return other.equals(mnemonic()) || (other.startsWith("wgmma.") && !other.contains("mma_async"));
    }

    @Override
    public String toString() {
        return mnemonic() + (inRegisters ? " registers " : " " + left + " ") + right + " " + signA + " " + signB;
    }

    private int sumRegisters() {
        return columns / (types.sum.equals("f16") ? 4 : 2);
    }

    private boolean saturates() {
        return types.words.startsWith("satfinite");
    }

    /** The sums a thread begins with, or should end with. */
    private int[] sums(int thread, boolean after) {
        int[] words = new int[sumRegisters()];
        int perWord = types.sum.equals("f16") ? 2 : 1;
        for (int e = 0; e < columns / 2; e++) {
            int row = thread / 32 * 16 + thread % 32 / 4 + e / 2 % 2 * 8;
            int column = e / 4 * 8 + thread % 4 * 2 + e % 2;
            int value = after ? sum(row, column) : MatrixPrograms.c(row % 16, column % 8, saturates());
            long bits = MatrixPrograms.bits(value, types.sum);
            words[e / perWord] |= (int) (bits << (e % perWord * 16));
        }
        return words;
    }

    private int sum(int row, int column) {
        long sum = accumulates ? MatrixPrograms.c(row % 16, column % 8, saturates()) : 0;
        for (int k = 0; k < depth(); k++) {
            long a = (long) signA * MatrixPrograms.a(row, k, types.a);
            sum += a * signB * MatrixPrograms.b(k, column, types.b);
        }
        return saturates() ? Math.clamp(sum, Integer.MIN_VALUE, Integer.MAX_VALUE) : (int) sum;
    }

    private int[] leftRegisters(int thread) {
        int perWord = MatrixPrograms.elementsPerRegister(types.a);
        int[] words = new int[4];
        for (int r = 0; r < words.length; r++) {
            for (int e = 0; e < perWord; e++) {
                int row = thread / 32 * 16 + thread % 32 / 4 + r % 2 * 8;
                int k = thread % 4 * perWord + r / 2 * 4 * perWord + e;
                words[r] |=
                        (int) (MatrixPrograms.bits(MatrixPrograms.a(row, k, types.a), types.a) << (32 / perWord * e));
            }
        }
        return words;
    }

    private void place(byte[] tile, int from, Layout layout, int lines, boolean isLeft) {
        String type = isLeft ? types.a : types.b;
        int size = size(type);
        for (int line = 0; line < lines; line++) {
            for (int k = 0; k < depth(); k++) {
                int value = isLeft ? MatrixPrograms.a(line, k, type) : MatrixPrograms.b(k, line, type);
                long bits = MatrixPrograms.bits(value, type);
                int at = from + layout.offset(line, k, size, lines);
                for (int b = 0; b < size; b++) {
                    tile[at + b] = (byte) (bits >>> (8 * b));
                }
            }
        }
    }

    private String kernel() {
        String bank = types.sum.equals("f32") ? "%f" : "%r";
        String sums = IntStream.range(0, sumRegisters()).mapToObj(n -> bank + n).collect(Collectors.joining(", "));
        StringBuilder text = new StringBuilder("""
                .version 8.4 .target sm_90a .address_size 64
                .visible .entry k(.param .u64 in, .param .u64 out) {
                .reg .f32 %f<128>; .reg .s32 %r<128>; .reg .b32 %a<4>; .reg .b32 %v<4>; .reg .u32 %t, %at, %to, %one;
                .reg .u64 %in, %out, %lane, %from; .reg .pred %p<2>; .shared .align 1024 .b8 tile[40960];
                ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; mov.u32 %t, %tid.x; mul.lo.u32 %at, %t, 16;
                copy: mov.u32 %to, tile; add.u32 %to, %to, %at; cvt.u64.u32 %from, %at; add.u64 %from, %in, %from;
                ld.global.v4.b32 {%v0, %v1, %v2, %v3}, [%from]; st.shared.v4.b32 [%to], {%v0, %v1, %v2, %v3};
                add.u32 %at, %at, 2048; setp.lt.u32 %p0, %at, 40960; @%p0 bra copy;
                fence.proxy.async; bar.sync 0;
                mad.wide.u32 %lane, %t, 528, %in; mad.wide.u32 %out, %t, 512, %out;
                """);
        for (int n = 0; n < 4; n++) {
            text.append("ld.global.b32 %a")
                    .append(n)
                    .append(", [%lane+")
                    .append(TILE + 4 * n)
                    .append("]; ");
        }
        for (int n = 0; n < sumRegisters(); n++) {
            text.append("ld.global.b32 ").append(bank).append(n);
            text.append(", [%lane+").append(TILE + 16 + 4 * n).append("];\n");
        }
        text.append("mov.u32 %one, ").append(accumulates ? 1 : 0).append("; setp.eq.u32 %p1, %one, 1;\n");
        text.append("wgmma.fence.sync.aligned;\n")
                .append(mnemonic())
                .append(" {")
                .append(sums)
                .append("}, ");
        text.append(inRegisters ? "{%a0, %a1, %a2, %a3}" : "" + left.descriptor(0, ROWS));
        text.append(", ").append(right.descriptor(RIGHT, columns)).append(", %p1");
        if (!types.sum.equals("s32")) {
            text.append(", ").append(signA).append(", ").append(signB);
        }
        if (types.mayTranspose) {
            text.append(inRegisters ? "" : left.acrossK ? ", 1" : ", 0").append(right.acrossK ? ", 1" : ", 0");
        }
        text.append(";\nwgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 0;\n");
        for (int n = 0; n < sumRegisters(); n++) {
            text.append("st.global.b32 [%out+")
                    .append(4 * n)
                    .append("], ")
                    .append(bank)
                    .append(n)
                    .append(";\n");
        }
        return text.append("ret; }\n").toString();
    }

    @Override
    public void check(LaunchOptions options) {
        byte[] input = new byte[TILE + THREADS * 528];
        place(input, 0, left, ROWS, true);
        place(input, RIGHT, right, columns, false);
        MemorySegment bytes = MemorySegment.ofArray(input);
        int[] expected = new int[THREADS * 128];
        for (int thread = 0; thread < THREADS; thread++) {
            MemorySegment own = bytes.asSlice(TILE + 528L * thread, 528);
            own.copyFrom(MemorySegment.ofArray(leftRegisters(thread)));
            own.asSlice(16).copyFrom(MemorySegment.ofArray(sums(thread, false)));
            System.arraycopy(sums(thread, true), 0, expected, 128 * thread, sumRegisters());
        }
        try (PtxMachine machine = new PtxMachine()) {
            long in = machine.allocate(input.length);
            long out = machine.allocate(4L * expected.length);
            machine.copyIn(in, bytes);
            machine.fill(out, (byte) 0, 4L * expected.length);
            MemorySegment parameters = MemorySegment.ofArray(new long[] {in, out});
            machine.launch(PtxModule.parse(kernel()).entry("k"), Dim3.of(1), Dim3.of(THREADS), 0, parameters, options);
            int[] results = new int[expected.length];
            machine.copyOut(MemorySegment.ofArray(results), out);
            assertArrayEquals(expected, results, this::toString);
        }
    }
}

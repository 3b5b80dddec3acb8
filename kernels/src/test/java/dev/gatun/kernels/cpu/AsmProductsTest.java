package dev.gatun.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.CpuTier;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.cpu.asm.KernelCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The machine-code products against the scalar tier, bit for bit, in memory that ends at forbidden pages. */
class AsmProductsTest {
    private static final int SHAPES = 1000;

    private static AsmKernels kernels() {
        AsmKernels kernels = AsmKernels.get();
        assumeTrue(kernels != null, AsmKernels::refusal);
        if (kernels == null) {
            throw new IllegalStateException();
        }
        return kernels;
    }

    /** Of every rung that runs here. */
    private static List<AsmKernels> rungs() {
        kernels();
        return Stream.of(AsmRung.values())
                .flatMap(rung -> Stream.ofNullable(AsmKernels.get(rung)))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void productsOfRandomShapesEqualTheScalarTier(DType type) {
        List<AsmKernels> rungs = rungs();
        Random random = new Random(type.groupByteSize());
        try (Team team = new Team(1)) {
            for (int i = 0; i < SHAPES; i++) {
                int rows = 1 + random.nextInt(i % 10 == 0 ? 210 : 40);
                int groups = 1 + random.nextInt(i % 10 == 1 ? 48 : 6);
                int tokens = 1 + random.nextInt(i % 10 == 2 ? 33 : 10);
                int columns = type.isQuantised() ? 32 * groups : 32 * groups - random.nextInt(32);
                compare(rungs, team, type, rows, columns, tokens, random);
            }
        }
    }

    private static void compare(
            List<AsmKernels> rungs, Team team, DType type, int rows, int columns, int tokens, Random random) {
        String shape = type + " [" + rows + "][" + columns + "] x " + tokens;
        try (Arena arena = Arena.ofConfined();
                CpuBackend scalar = new CpuBackend(1, Activations.INT8, CpuTier.SCALAR)) {
            MemorySegment source = GuardedMemory.allocate(arena, rows * type.byteSize(columns));
            fillWeights(type, source, random);
            Tensor x = activations(arena, tokens, columns);
            fillInput(x, random);
            Tensor bias = random.nextBoolean() ? activations(arena, 1, rows) : null;
            if (bias != null) {
                fillInput(bias, random);
            }
            Tensor expected = activations(arena, tokens, rows);
            Tensor weights = scalar.weights(arena, type, rows, columns, source);
            scalar.matmul(x, weights, bias, expected);
            AsmMatrix inJava = matrix(type, rows, columns, arena);
            for (int panel = 0; panel < inJava.panels(); panel++) {
                inJava.pack(source, panel);
            }
            for (AsmKernels kernels : rungs) {
                AsmMatrix matrix = matrix(type, rows, columns, arena);
                Tensor out = activations(arena, tokens, rows);
                try (AsmProducts products = new AsmProducts(kernels, team)) {
                    products.pack(matrix, source);
                    assertEquals(-1, matrix.storage().mismatch(inJava.storage()), shape);
                    products.clear();
                    products.add(matrix, bias, out);
                    products.run(x);
                }
                assertArrayEquals(bits(expected), bits(out), kernels.rung() + " " + shape);
            }
            float[] row = new float[columns];
            float[] other = new float[columns];
            inJava.unpackRow(rows - 1, row);
            PackedMatrix.of(weights, 16).unpackRow(rows - 1, other);
            assertArrayEquals(other, row, shape);
        }
    }

    private static AsmMatrix matrix(DType type, int rows, int columns, Arena arena) {
        MemorySegment storage = GuardedMemory.allocate(arena, AsmMatrix.byteSize(type, rows, columns));
        return new AsmMatrix(type, rows, columns, storage);
    }

    private static Tensor activations(Arena arena, int rows, int columns) {
        return new Tensor(DType.F32, rows, columns, GuardedMemory.allocate(arena, 4L * rows * columns), 0);
    }

    private static void fillFloats(DType type, MemorySegment source, Random random) {
        for (long at = 0; at < source.byteSize(); at += type.groupByteSize()) {
            float value = (float) random.nextGaussian();
            switch (type) {
                case F32 -> source.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, value);
                case F16 -> source.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(value));
                default ->
                    source.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) (Float.floatToIntBits(value) >>> 16));
            }
        }
    }

    private static void fillWeights(DType type, MemorySegment source, Random random) {
        if (!type.isQuantised()) {
            fillFloats(type, source, random);
            return;
        }
        byte[] bytes = new byte[(int) source.byteSize()];
        random.nextBytes(bytes);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, source, 0, bytes.length);
        boolean minimum = type == DType.Q4_1 || type == DType.Q5_1;
        for (long at = 0; at < source.byteSize(); at += type.groupByteSize()) {
            short scale = Float.floatToFloat16((float) random.nextGaussian() / 64);
            source.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, scale);
            if (minimum) {
                source.set(
                        ValueLayout.JAVA_SHORT_UNALIGNED, at + 2, Float.floatToFloat16((float) random.nextGaussian()));
            }
        }
    }

    /** Mostly numbers around 1; now and then outliers, zeros, denormals, and what is not finite. */
    private static void fillInput(Tensor x, Random random) {
        boolean wild = random.nextInt(8) == 0;
        float[] odd = {
            0f, -0f, 1e-39f, Float.MIN_VALUE, 1e30f, -3e38f, Float.NaN, Float.POSITIVE_INFINITY, 0x1p-120f, 127f
        };
        for (long i = 0; i < x.byteSize() / 4; i++) {
            float value = (float) random.nextGaussian() * (random.nextInt(50) == 0 ? 1000 : 1);
            x.storage()
                    .setAtIndex(
                            ValueLayout.JAVA_FLOAT_UNALIGNED,
                            i,
                            wild && random.nextInt(20) == 0 ? odd[random.nextInt(odd.length)] : value);
        }
        if (random.nextInt(20) == 0) {
            x.storage().fill((byte) 0);
        }
    }

    /** Every NaN is the same. */
    private static int[] bits(Tensor tensor) {
        int[] bits = new int[(int) (tensor.byteSize() / 4)];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(tensor.storage().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i));
        }
        return bits;
    }

    @ParameterizedTest
    @EnumSource(AsmRung.class)
    void manyTokensGiveTheBitsOfOne(AsmRung rung) {
        AsmKernels kernels = AsmKernels.get(rung);
        assumeTrue(kernels != null, () -> "no " + rung.description());
        if (kernels == null) {
            return;
        }
        Random random = new Random(5);
        int rows = 207;
        int columns = 576;
        int tokens = 65;
        try (Arena arena = Arena.ofConfined();
                Team team = new Team(2);
                AsmProducts products = new AsmProducts(kernels, team)) {
            MemorySegment source = arena.allocate(rows * DType.Q4_1.byteSize(columns));
            fillWeights(DType.Q4_1, source, random);
            AsmMatrix matrix = new AsmMatrix(
                    DType.Q4_1, rows, columns, arena.allocate(AsmMatrix.byteSize(DType.Q4_1, rows, columns), 64));
            for (int panel = 0; panel < matrix.panels(); panel++) {
                matrix.pack(source, panel);
            }
            Tensor x = activations(arena, tokens, columns);
            fillInput(x, random);
            Tensor all = activations(arena, tokens, rows);
            products.clear();
            products.add(matrix, null, all);
            products.run(x);
            Tensor one = activations(arena, 1, rows);
            for (int t = 0; t < tokens; t++) {
                products.clear();
                products.add(matrix, null, one);
                products.run(new Tensor(DType.F32, 1, columns, x.storage(), t * x.rowByteSize()));
                Tensor row = new Tensor(
                        DType.F32, 1, rows, all.storage().asSlice(t * all.rowByteSize(), all.rowByteSize()), 0);
                assertArrayEquals(bits(row), bits(one), "token " + t);
            }
        }
    }

    /** Fills the registers a callee must keep, calls the function, and writes down what they hold afterwards. */
    private static final String PROBE = """
            .globl probe
            probe:
                push rbx
                push rbp
                push r12
                push r13
                push r14
                push r15
                push rdi
                stmxcsr [rdi + 16]
                mov [rdi + 24], rsp
                mov rbx, 11
                mov rbp, 12
                mov r12, 13
                mov r13, 14
                mov r14, 15
                mov r15, 16
                mov rax, [rdi]
                mov rdi, [rdi + 8]
                call rax
                mov rdi, [rsp]
                stmxcsr [rdi + 20]
                mov [rdi + 32], rsp
                mov [rdi + 40], rbx
                mov [rdi + 48], rbp
                mov [rdi + 56], r12
                mov [rdi + 64], r13
                mov [rdi + 72], r14
                mov [rdi + 80], r15
                pop rdi
                pop r15
                pop r14
                pop r13
                pop r12
                pop rbp
                pop rbx
                ret
            """;

    private static final String[] QUANTISED_PRODUCTS = {
        "product_q4 product_q4",
        "product_q8 product_q8",
        "product_quantised_avx2 product_q4",
        "product_quantised_avx2 product_q8"
    };

    @Test
    void kernelsKeepWhatTheCallingConventionSays() {
        kernels();
        try (Arena arena = Arena.ofConfined()) {
            var probe = KernelCode.assemble(arena, PROBE).entry("probe");
            MemorySegment memory = arena.allocate(1 << 20, 64);
            MemorySegment fields = arena.allocate(256, 64);
            MemorySegment block = arena.allocate(128, 64);
            for (String name : QUANTISED_PRODUCTS) {
                String entry = name.substring(name.indexOf(' ') + 1);
                KernelCode code = KernelCode.load(arena, name.substring(0, name.indexOf(' ')));
                for (String kind : new String[] {"_symmetric", "_minimum"}) {
                    for (int tokens = 1; tokens <= 17; tokens++) {
                        long base = memory.address();
                        long[] values = {base, base + 8192, base + 32768, 0, 2, 2, tokens, 128, 20, 1280};
                        MemorySegment.copy(values, 0, fields, ValueLayout.JAVA_LONG, 0, values.length);
                        check(probe, block, code.address(entry + kind), fields.address());
                    }
                }
            }
            for (String suffix : new String[] {"", "_avx2"}) {
                for (String kind : new String[] {"f16", "bf16", "f32"}) {
                    long entry =
                            KernelCode.load(arena, "product_float" + suffix).address("product_" + kind);
                    for (int tokens = 1; tokens <= 17; tokens++) {
                        long base = memory.address();
                        set(fields, base, base + 8192, base + 32768, 0, 1, 2, tokens, 128, 20, 3072, 200, 15);
                        check(probe, block, entry, fields.address());
                    }
                }
                set(fields, memory.address(), memory.address() + 8192, 2, 8, 256);
                check(probe, block, KernelCode.load(arena, "quantise" + suffix).address("quantise"), fields.address());
            }
            long[] panel = {
                memory.address(), memory.address() + 8192, memory.address() + 16384, 2, 16, 40, 20, 320, 4, 0, 1, 4
            };
            MemorySegment.copy(panel, 0, fields, ValueLayout.JAVA_LONG, 0, panel.length);
            check(probe, block, KernelCode.load(arena, "pack").address("pack"), fields.address());
            checkRows(probe, block, memory.address(), fields);
            check(probe, block, KernelCode.load(arena, "cpu_features").address("cpu_features"), fields.address());
        }
    }

    private static void checkRows(MethodHandle probe, MemorySegment block, long base, MemorySegment fields) {
        long far = base + 8192;
        try (Arena arena = Arena.ofConfined()) {
            KernelCode attend = KernelCode.load(arena, "attend");
            for (int heads = 1; heads <= 9; heads++) {
                for (String type : new String[] {"f16", "f32", "q8_0"}) {
                    for (int rows = 1; rows <= 2; rows++) {
                        long queryBytes = 80L * 4 * heads;
                        long to = far + 4096;
                        set(
                                fields,
                                base,
                                base,
                                far,
                                to,
                                rows,
                                base,
                                0,
                                queryBytes,
                                384,
                                heads,
                                5,
                                0,
                                far + 16384,
                                base);
                        check(probe, block, attend.address("attend_page_" + type), fields.address());
                    }
                }
            }
            set(fields, base, 3, 384, 5);
            check(probe, block, attend.address("attend_begin"), fields.address());
            set(fields, base, far, 3, 384, 5);
            check(probe, block, attend.address("attend_merge"), fields.address());
            set(fields, base, far, 3, 384, 5);
            check(probe, block, attend.address("attend_finish"), fields.address());
            set(fields, base, base, far, 33, 3, 132, 0, 0);
            check(probe, block, KernelCode.load(arena, "rms_norm").address("rms_norm"), fields.address());
            set(fields, base, base, far, 33);
            check(probe, block, KernelCode.load(arena, "swiglu").address("swiglu"), fields.address());
            set(fields, base, far, 33);
            check(probe, block, KernelCode.load(arena, "add").address("add_rows"), fields.address());
            for (String pairs : new String[] {"rope_adjacent", "rope_halves"}) {
                set(fields, base, far, 3, 2, 256, 512, 160, 20);
                check(probe, block, KernelCode.load(arena, "rope").address(pairs), fields.address());
            }
            MemorySegment.ofAddress(far).reinterpret(4096).fill((byte) 0);
            for (String type : new String[] {"append_f16", "append_f32"}) {
                set(fields, base, base, 3, 160, far, far, far, 1, far + 8192, far + 16384, 2, 20);
                check(probe, block, KernelCode.load(arena, "append").address(type), fields.address());
            }
        }
    }

    private static void set(MemorySegment fields, long... values) {
        MemorySegment.copy(values, 0, fields, ValueLayout.JAVA_LONG, 0, values.length);
    }

    private static void check(MethodHandle probe, MemorySegment block, long function, long argument) {
        block.set(ValueLayout.JAVA_LONG, 0, function);
        block.set(ValueLayout.JAVA_LONG, 8, argument);
        KernelCode.call(probe, block.address());
        assertEquals(
                block.get(ValueLayout.JAVA_INT, 16) & 0xffc0, // control bits; flags of exceptions may be raised
                block.get(ValueLayout.JAVA_INT, 20) & 0xffc0);
        assertEquals(block.get(ValueLayout.JAVA_LONG, 24), block.get(ValueLayout.JAVA_LONG, 32));
        for (int i = 0; i < 6; i++) {
            assertEquals(11 + i, block.get(ValueLayout.JAVA_LONG, 40 + 8L * i), "register " + i);
        }
    }

    @Test
    void propertyNamesTheRung() {
        kernels();
        String before = System.getProperty(AsmRung.PROPERTY);
        try {
            System.setProperty(AsmRung.PROPERTY, "avx2");
            AsmKernels kernels = AsmKernels.get();
            assertEquals(AsmRung.AVX2, kernels == null ? null : kernels.rung());
            System.setProperty(AsmRung.PROPERTY, "sse");
            String message = assertThrows(IllegalArgumentException.class, AsmKernels::get)
                    .getMessage();
            assertEquals("gatun.asm.rung is 'sse'; expected avx512 or avx2.", message);
        } finally {
            if (before == null) {
                System.clearProperty(AsmRung.PROPERTY);
            } else {
                System.setProperty(AsmRung.PROPERTY, before);
            }
        }
    }

    @Test
    void tiersAreNamedAndRefused() {
        try (CpuBackend backend = new CpuBackend(1, Activations.INT8, CpuTier.SCALAR)) {
            assertTrue(backend.description().contains("scalar"), backend.description());
        }
        if (AsmKernels.get() == null) {
            assertThrows(UnsupportedOperationException.class, () -> new CpuBackend(1, Activations.INT8, CpuTier.ASM));
            return;
        }
        for (AsmKernels kernels : rungs()) {
            try (CpuBackend backend = new CpuBackend(1, Activations.INT8, CpuTier.ASM, kernels)) {
                String named = "machine code, " + kernels.rung().description();
                assertTrue(backend.description().contains(named), backend.description());
                assertEquals(
                        kernels.rung() == AsmRung.AVX2,
                        backend.description().contains("; attention and row operations: "),
                        backend.description());
            }
        }
        try (CpuBackend backend = new CpuBackend(1, Activations.F32, CpuTier.ASM)) {
            assertTrue(
                    backend.description().contains("; quantised weights, which it takes with int8 activations: "),
                    backend.description());
        }
    }
}

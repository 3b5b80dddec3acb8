package dev.gatun.kernels.cpu.asm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the processor and the operating system offer, from {@code cpuid} and {@code xgetbv}.
 *
 * @param avx512 AVX-512 F, BW, DQ and VL with BMI2, and registers saved by the system
 * @param vnni the 8-bit dot products of AVX-512 VNNI
 * @param avx2 AVX2 with FMA and F16C, and registers saved by the system
 */
public record CpuFeatures(boolean avx512, boolean vnni, boolean avx2) {
    private static final int FMA_F16C = 1 << 12 | 1 << 29; // of leaf 1 ecx
    private static final int AVX2 = 1 << 5;
    private static final int XCR0_AVX = 0x6; // xmm, ymm
    private static final int BMI2 = 1 << 8;
    private static final int AVX512_F = 1 << 16;
    private static final int AVX512_DQ = 1 << 17;
    private static final int AVX512_BW = 1 << 30;
    private static final int AVX512_VL = 1 << 31;
    private static final int AVX512 = BMI2 | AVX512_F | AVX512_DQ | AVX512_BW | AVX512_VL;
    private static final int AVX512_VNNI = 1 << 11; // of leaf 7 ecx
    private static final int XCR0_AVX512 = 0xe6; // xmm, ymm, k, upper halves of zmm0-15, zmm16-31

    /**
     * Asks the processor; only where {@link KernelCode#isForThisMachine()}.
     *
     * @throws UnsupportedOperationException if the system refuses executable pages
     */
    public static CpuFeatures ask() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocate(ValueLayout.JAVA_INT, 4);
            KernelCode.call(KernelCode.load(arena, "cpu_features").entry("cpu_features"), words.address());
            int leaf1c = words.getAtIndex(ValueLayout.JAVA_INT, 0);
            int leaf7 = words.getAtIndex(ValueLayout.JAVA_INT, 1);
            int leaf7c = words.getAtIndex(ValueLayout.JAVA_INT, 2);
            int xcr0 = words.getAtIndex(ValueLayout.JAVA_INT, 3);
            boolean avx512 = (leaf7 & AVX512) == AVX512 && (xcr0 & XCR0_AVX512) == XCR0_AVX512;
            boolean avx2 = (leaf1c & FMA_F16C) == FMA_F16C && (leaf7 & AVX2) != 0 && (xcr0 & XCR0_AVX) == XCR0_AVX;
            return new CpuFeatures(avx512, avx512 && (leaf7c & AVX512_VNNI) != 0, avx2);
        }
    }
}

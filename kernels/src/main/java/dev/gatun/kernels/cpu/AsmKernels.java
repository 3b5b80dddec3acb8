package dev.gatun.kernels.cpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.cpu.asm.CpuFeatures;
import dev.gatun.kernels.cpu.asm.KernelCode;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The machine-code kernels, assembled once and kept as long as the class. */
final class AsmKernels {
    private static final @Nullable AsmKernels KERNELS;
    private static final String REFUSAL;

    static {
        AsmKernels kernels = null;
        String refusal = "";
        if (!KernelCode.isForThisMachine()) {
            refusal = "its kernels are for Linux on x86-64";
        } else {
            try {
                if (CpuFeatures.ask().vnni()) {
                    kernels = new AsmKernels();
                } else {
                    refusal = "the processor lacks AVX-512 VNNI";
                }
            } catch (UnsupportedOperationException e) {
                refusal = "executable pages were refused: " + e.getMessage();
            }
        }
        KERNELS = kernels;
        REFUSAL = refusal;
    }

    private final MethodHandle pack;
    private final MethodHandle quantise;
    private final MethodHandle symmetric4;
    private final MethodHandle minimum4;
    private final MethodHandle symmetric8;
    private final MethodHandle minimum8;
    private final MethodHandle productF16;
    private final MethodHandle productBf16;
    private final MethodHandle productF32;
    private final MethodHandle rmsNorm;
    private final MethodHandle ropeAdjacent;
    private final MethodHandle ropeHalves;
    private final MethodHandle appendF16;
    private final MethodHandle appendF32;
    private final MethodHandle swiGlu;
    private final MethodHandle add;
    private final MethodHandle attendPageF16;
    private final MethodHandle attendPageF32;
    private final MethodHandle attendPageQ8;
    private final MethodHandle attendBegin;
    private final MethodHandle attendMerge;
    private final MethodHandle attendFinish;

    private AsmKernels() {
        Arena arena = Arena.global();
        this.pack = KernelCode.load(arena, "pack").entry("pack");
        this.quantise = KernelCode.load(arena, "quantise").entry("quantise");
        KernelCode q4 = KernelCode.load(arena, "product_q4");
        this.symmetric4 = q4.entry("product_q4_symmetric");
        this.minimum4 = q4.entry("product_q4_minimum");
        KernelCode q8 = KernelCode.load(arena, "product_q8");
        this.symmetric8 = q8.entry("product_q8_symmetric");
        this.minimum8 = q8.entry("product_q8_minimum");
        KernelCode floats = KernelCode.load(arena, "product_float");
        this.productF16 = floats.entry("product_f16");
        this.productBf16 = floats.entry("product_bf16");
        this.productF32 = floats.entry("product_f32");
        this.rmsNorm = KernelCode.load(arena, "rms_norm").entry("rms_norm");
        KernelCode rope = KernelCode.load(arena, "rope");
        this.ropeAdjacent = rope.entry("rope_adjacent");
        this.ropeHalves = rope.entry("rope_halves");
        KernelCode append = KernelCode.load(arena, "append");
        this.appendF16 = append.entry("append_f16");
        this.appendF32 = append.entry("append_f32");
        this.swiGlu = KernelCode.load(arena, "swiglu").entry("swiglu");
        this.add = KernelCode.load(arena, "add").entry("add_rows");
        KernelCode attend = KernelCode.load(arena, "attend");
        this.attendPageF16 = attend.entry("attend_page_f16");
        this.attendPageF32 = attend.entry("attend_page_f32");
        this.attendPageQ8 = attend.entry("attend_page_q8_0");
        this.attendBegin = attend.entry("attend_begin");
        this.attendMerge = attend.entry("attend_merge");
        this.attendFinish = attend.entry("attend_finish");
    }

    /** Null where this machine has none; then {@link #refusal} says why. */
    static @Nullable AsmKernels get() {
        return KERNELS;
    }

    static String refusal() {
        return REFUSAL;
    }

    MethodHandle pack() {
        return pack;
    }

    MethodHandle quantise() {
        return quantise;
    }

    /** The product for a matrix. */
    MethodHandle product(AsmMatrix matrix) {
        return switch (matrix.type()) {
            case Q4_0 -> symmetric4;
            case Q4_1 -> minimum4;
            case Q5_0, Q8_0 -> symmetric8;
            case Q5_1 -> minimum8;
            case F16 -> productF16;
            case BF16 -> productBf16;
            case F32 -> productF32;
        };
    }

    MethodHandle rmsNorm() {
        return rmsNorm;
    }

    MethodHandle ropeAdjacent() {
        return ropeAdjacent;
    }

    MethodHandle ropeHalves() {
        return ropeHalves;
    }

    MethodHandle appendF16() {
        return appendF16;
    }

    MethodHandle appendF32() {
        return appendF32;
    }

    MethodHandle swiGlu() {
        return swiGlu;
    }

    MethodHandle add() {
        return add;
    }

    /** The page of a cache of this type. */
    MethodHandle attendPage(DType type) {
        return switch (type) {
            case F16 -> attendPageF16;
            case F32 -> attendPageF32;
            case Q8_0 -> attendPageQ8;
            default -> throw new IllegalArgumentException("no cache of " + type);
        };
    }

    MethodHandle attendBegin() {
        return attendBegin;
    }

    MethodHandle attendMerge() {
        return attendMerge;
    }

    MethodHandle attendFinish() {
        return attendFinish;
    }
}

package dev.gatun.kernels.cpu;

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
        if (matrix.hasNibbles()) {
            return matrix.hasMinimum() ? minimum4 : symmetric4;
        }
        return matrix.hasMinimum() ? minimum8 : symmetric8;
    }
}

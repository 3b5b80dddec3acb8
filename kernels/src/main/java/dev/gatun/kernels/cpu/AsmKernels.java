package dev.gatun.kernels.cpu;

import dev.gatun.kernels.cpu.asm.CpuFeatures;
import dev.gatun.kernels.cpu.asm.KernelCode;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The machine-code kernels of a rung, assembled once and kept as long as the class. */
final class AsmKernels {
    private static final @Nullable CpuFeatures FEATURES;
    private static final String REFUSAL;
    private static final Map<AsmRung, AsmKernels> LOADED = new EnumMap<>(AsmRung.class);

    static {
        CpuFeatures features = null;
        String refusal = "the processor has neither AVX-512 VNNI nor AVX2 with FMA and F16C";
        if (!KernelCode.isForThisMachine()) {
            refusal = "its kernels are for Linux on x86-64";
        } else {
            try {
                features = CpuFeatures.ask();
            } catch (UnsupportedOperationException e) {
                refusal = "executable pages were refused: " + e.getMessage();
            }
        }
        FEATURES = features;
        REFUSAL = refusal;
    }

    private final AsmRung rung;
    private final MethodHandle pack;
    private final MethodHandle quantise;
    private final MethodHandle symmetric4;
    private final MethodHandle minimum4;
    private final MethodHandle symmetric8;
    private final MethodHandle minimum8;
    private final MethodHandle productF16;
    private final MethodHandle productBf16;
    private final MethodHandle productF32;
    private final @Nullable AsmRowKernels rows;

    private AsmKernels(AsmRung rung) {
        Arena arena = Arena.global();
        this.rung = rung;
        this.pack = KernelCode.load(arena, "pack").entry("pack");
        this.quantise = KernelCode.load(arena, "quantise" + rung.suffix()).entry("quantise");
        boolean together = rung == AsmRung.AVX2;
        KernelCode q4 = KernelCode.load(arena, together ? "product_quantised_avx2" : "product_q4");
        this.symmetric4 = q4.entry("product_q4_symmetric");
        this.minimum4 = q4.entry("product_q4_minimum");
        KernelCode q8 = together ? q4 : KernelCode.load(arena, "product_q8");
        this.symmetric8 = q8.entry("product_q8_symmetric");
        this.minimum8 = q8.entry("product_q8_minimum");
        KernelCode floats = KernelCode.load(arena, "product_float" + rung.suffix());
        this.productF16 = floats.entry("product_f16");
        this.productBf16 = floats.entry("product_bf16");
        this.productF32 = floats.entry("product_f32");
        this.rows = rung == AsmRung.AVX512 ? new AsmRowKernels(arena) : null;
    }

    /** Of the rung that {@link AsmRung#PROPERTY} names, or of the fastest; null where this machine has none. */
    static @Nullable AsmKernels get() {
        AsmRung named = AsmRung.named();
        for (AsmRung rung : AsmRung.values()) {
            AsmKernels kernels = named == null || named == rung ? get(rung) : null;
            if (kernels != null) {
                return kernels;
            }
        }
        return null;
    }

    /** Null where this machine does not run them. */
    static synchronized @Nullable AsmKernels get(AsmRung rung) {
        CpuFeatures features = FEATURES;
        if (features == null || !rung.runsWith(features)) {
            return null;
        }
        AsmKernels known = LOADED.get(rung);
        if (known == null) {
            known = new AsmKernels(rung);
            LOADED.put(rung, known);
        }
        return known;
    }

    /** Why {@link #get()} answers null. */
    static String refusal() {
        AsmRung named = AsmRung.named();
        return FEATURES == null || named == null ? REFUSAL : "the processor lacks " + named.description();
    }

    AsmRung rung() {
        return rung;
    }

    /** What is around the products; null where Java does that. */
    @Nullable
    AsmRowKernels rows() {
        return rows;
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
}

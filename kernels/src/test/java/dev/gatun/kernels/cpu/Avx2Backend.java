package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.CpuTier;
import java.util.Optional;

/** The machine-code tier as a processor without AVX-512 has it. */
public final class Avx2Backend {
    private Avx2Backend() {}

    /** Empty where this machine does not run it. */
    public static Optional<CpuBackend> open(int threads, Activations activations) {
        return Optional.ofNullable(AsmKernels.get(AsmRung.AVX2))
                .map(kernels -> new CpuBackend(threads, activations, CpuTier.ASM, kernels));
    }
}

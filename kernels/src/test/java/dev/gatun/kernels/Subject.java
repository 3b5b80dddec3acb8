package dev.gatun.kernels;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.kernels.cpu.Avx2Backend;
import dev.gatun.kernels.cpu.CpuBackend;
import dev.gatun.kernels.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.VectorShape;

/**
 * A backend under the contract and what failures call it. The vector width of one JVM is fixed, so the other widths are
 * other runs of the same tests with another {@code gatun.vector.bits}; the scalar tier is part of every run.
 *
 * @param tier {@code reference}, {@code scalar}, {@code vector}, {@code asm} or {@code asm avx2}
 */
record Subject(String tier, int threads, Activations activations, Backend backend) implements AutoCloseable {
    static final String BITS_PROPERTY = "gatun.vector.bits";

    private static final int[] THREADS = {1, 2, 3};
    private static final int AVX2_THREADS = 2;
    private static final int[] SCALAR_THREADS_OF_OTHER_WIDTHS = {2};

    /** The definition. */
    static Subject reference(Activations activations) {
        return new Subject("reference", 1, activations, new ReferenceBackend(activations));
    }

    /** Every tier of the CPU with every number of threads. Skips the tests if this machine lacks the width asked for. */
    static List<Subject> cpus(Activations activations) {
        int asked = Integer.getInteger(BITS_PROPERTY, 0);
        int widest = VectorShape.preferredShape().vectorBitSize();
        assumeTrue(asked <= widest, () -> "vectors of " + asked + " bits on a machine of " + widest);
        List<Subject> subjects = new ArrayList<>();
        for (int threads : THREADS) {
            subjects.add(
                    new Subject("vector", threads, activations, new CpuBackend(threads, activations, CpuTier.VECTOR)));
            if (asked == 0 && runsMachineCode()) {
                subjects.add(
                        new Subject("asm", threads, activations, new CpuBackend(threads, activations, CpuTier.ASM)));
            }
        }
        if (asked != 512) {
            Avx2Backend.open(AVX2_THREADS, activations)
                    .ifPresent(backend -> subjects.add(new Subject("asm avx2", AVX2_THREADS, activations, backend)));
        }
        for (int threads : asked == 0 ? THREADS : SCALAR_THREADS_OF_OTHER_WIDTHS) {
            subjects.add(scalar(threads, activations));
        }
        return subjects;
    }

    private static boolean runsMachineCode() {
        try (Backend backend = new CpuBackend(1, Activations.INT8)) {
            return backend.description().contains("machine code, ");
        }
    }

    private static Subject scalar(int threads, Activations activations) {
        return new Subject("scalar", threads, activations, new CpuBackend(threads, activations, CpuTier.SCALAR));
    }

    static void close(List<Subject> subjects) {
        subjects.forEach(Subject::close);
    }

    @Override
    public void close() {
        backend.close();
    }

    @Override
    public String toString() {
        return tier + " " + threads + "T " + activations + " (" + backend.description() + ")";
    }
}

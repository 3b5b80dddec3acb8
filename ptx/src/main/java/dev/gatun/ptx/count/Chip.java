package dev.gatun.ptx.count;

import dev.gatun.ptx.verify.PtxModule;
import java.util.List;
import java.util.Map;

/**
 * The limits and peak rates of a GPU, as its maker states them; nothing here is measured.
 *
 * <p>Limits of a multiprocessor are those of the compute capability in the CUDA programming guide; rates are those of its
 * table of arithmetic throughput, and of the data sheets at the boost clock for matrices and memory. Where a class of
 * instructions has members of different speed the fastest counts, so that bounds stay bounds.
 *
 * @param target                  80 for sm_80
 * @param bytesPerSecond          of device memory
 * @param warps                   a multiprocessor can hold
 * @param blocks                  a multiprocessor can hold
 * @param sharedBytes             of a multiprocessor
 * @param blockSharedBytes        a block can have, by opting in
 * @param float32                 lanes a clock and multiprocessor, as the next two
 * @param multiplyAdds            of matrix instructions, dense, a clock and multiprocessor; a kind that is absent cannot run
 */
public record Chip(
        String name,
        int target,
        int multiprocessors,
        double clockHertz,
        double bytesPerSecond,
        int warps,
        int blocks,
        int sharedBytes,
        int blockSharedBytes,
        int float32,
        int float64,
        int half,
        Map<TensorKind, Integer> multiplyAdds) {
    /** Of a multiprocessor, for all chips here. */
    public static final int REGISTERS = 65_536;

    /** Registers are given to a warp in units of this many. */
    static final int REGISTER_UNIT = 256;

    /** A multiprocessor's parts: each has a quarter of the registers and issues one instruction a clock. */
    public static final int SCHEDULERS = 4;

    /** Shared memory that the system keeps for each block, and the unit of allocation. */
    static final int SYSTEM_SHARED_BYTES = 1024;

    static final int SHARED_UNIT_BYTES = 128;

    /** Lanes a clock and multiprocessor, the same for all chips here. */
    static final int SPECIAL_FUNCTIONS = 16;

    static final int CONVERSIONS = 64;

    /** Between two kernels of a CUDA graph, as others measured it on an H100; a launch on a stream costs more. */
    static final double LAUNCH_SECONDS = 1.3e-6;

    private static final int KB = 1024;
    private static final Map<TensorKind, Integer> AMPERE = matrices(1024, 1024, 512, 2048, 0, 64);
    private static final Map<TensorKind, Integer> HOPPER = matrices(2048, 2048, 1024, 4096, 4096, 128);
    private static final Map<TensorKind, Integer> BLACKWELL = matrices(4096, 4096, 2048, 8192, 8192, 64);
    private static final Map<TensorKind, Integer> GEFORCE = matrices(256, 512, 128, 1024, 512, 2);

    /** The chips there are bounds for, oldest first. */
    public static final List<Chip> ALL = List.of(
            new Chip("A100", 80, 108, 1.41e9, 2.039e12, 64, 32, 164 * KB, 163 * KB, 64, 32, 128, AMPERE),
            new Chip("RTX 4090", 89, 128, 2.52e9, 1.008e12, 48, 24, 100 * KB, 99 * KB, 128, 2, 64, GEFORCE),
            new Chip("H100", 90, 132, 1.98e9, 3.35e12, 64, 32, 228 * KB, 227 * KB, 128, 64, 128, HOPPER),
            new Chip("H200", 90, 132, 1.98e9, 4.8e12, 64, 32, 228 * KB, 227 * KB, 128, 64, 128, HOPPER),
            new Chip("B200", 100, 148, 1.965e9, 8e12, 64, 32, 228 * KB, 227 * KB, 128, 64, 128, BLACKWELL),
            new Chip("RTX 5090", 120, 170, 2.407e9, 1.792e12, 48, 24, 100 * KB, 99 * KB, 128, 2, 64, GEFORCE));

    private static Map<TensorKind, Integer> matrices(int f16, int f16Sums, int tf32, int int8, int fp8, int f64) {
        return fp8 == 0
                ? Map.of(
                        TensorKind.F16, f16,
                        TensorKind.F16_SUMS, f16Sums,
                        TensorKind.TF32, tf32,
                        TensorKind.INT8, int8,
                        TensorKind.F64, f64)
                : Map.of(
                        TensorKind.F16, f16,
                        TensorKind.F16_SUMS, f16Sums,
                        TensorKind.TF32, tf32,
                        TensorKind.INT8, int8,
                        TensorKind.FP8, fp8,
                        TensorKind.F64, f64);
    }

    /** The target's name, such as {@code sm_90}. */
    public String targetName() {
        return "sm_" + target;
    }

    /** Whether text for the targets of {@code module} can be made into code of this chip. */
    public boolean canRun(PtxModule module) {
        return module.syntax().targets().stream()
                .filter(name -> name.startsWith("sm_"))
                .allMatch(this::canRun);
    }

    private boolean canRun(String name) {
        int number = Integer.parseInt(name.replaceAll("\\D", ""));
        return switch (name.charAt(name.length() - 1)) {
            case 'a' -> number == target;
            case 'f' -> number / 10 == target / 10 && number <= target;
            default -> number <= target;
        };
    }
}

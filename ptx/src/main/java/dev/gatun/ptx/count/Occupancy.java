package dev.gatun.ptx.count;

/**
 * How many blocks of a kernel one multiprocessor can hold at once, by the rules of the CUDA occupancy calculator.
 *
 * @param blocks    a multiprocessor, 0 if the kernel cannot be launched at all
 * @param warps     of those blocks
 * @param mostWarps the multiprocessor can hold
 * @param limit     what allows no more: {@code warps}, {@code blocks}, {@code registers} or {@code shared memory}
 */
public record Occupancy(int blocks, int warps, int mostWarps, String limit) {

    /**
     * The occupancy of one kernel.
     *
     * @param threads     of a block
     * @param registers   of a thread; 0 if unknown, the result is then a ceiling
     * @param sharedBytes of a block, static and dynamic
     */
    public static Occupancy of(Chip chip, int threads, int registers, long sharedBytes) {
        if (threads < 1 || threads > 1024 || registers < 0 || registers > 255 || sharedBytes < 0) {
            throw new IllegalArgumentException("threads must be 1 to 1024, registers 0 to 255, sharedBytes positive:"
                    + " threads=" + threads + ", registers=" + registers + ", sharedBytes=" + sharedBytes);
        }
        int blockWarps = (threads + 31) / 32;
        int byWarps = chip.warps() / blockWarps;
        int byRegisters = registers == 0 ? Integer.MAX_VALUE : warpsOfRegisters(registers) / blockWarps;
        int byShared = sharedBytes > chip.blockSharedBytes()
                ? 0
                : Math.toIntExact(
                        chip.sharedBytes() / roundUp(sharedBytes + Chip.SYSTEM_SHARED_BYTES, Chip.SHARED_UNIT_BYTES));
        int blocks = Math.min(Math.min(byWarps, chip.blocks()), Math.min(byRegisters, byShared));
        String limit = blocks == byWarps
                ? "warps"
                : blocks == byRegisters ? "registers" : blocks == byShared ? "shared memory" : "blocks";
        return new Occupancy(blocks, blocks * blockWarps, chip.warps(), limit);
    }

    private static int warpsOfRegisters(int registers) {
        long ofWarp = roundUp(32L * registers, Chip.REGISTER_UNIT);
        return Chip.SCHEDULERS * Math.toIntExact(Chip.REGISTERS / Chip.SCHEDULERS / ofWarp);
    }

    private static long roundUp(long value, long unit) {
        return (value + unit - 1) / unit * unit;
    }

    /** The share of warps that can be resident, 0 to 1. */
    public double share() {
        return (double) warps / mostWarps;
    }
}

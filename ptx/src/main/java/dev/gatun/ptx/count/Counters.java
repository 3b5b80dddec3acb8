package dev.gatun.ptx.count;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher;
import dev.gatun.ptx.verify.Operation;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts over one or more launches.
 *
 * <p>A request is one warp instruction that touches memory. Global memory moves in sectors of 32 bytes; the ideal is the
 * fewest that hold the bytes asked for. Shared memory serves 128 bytes a wavefront, one word of 4 bytes from each of 32
 * banks; further wavefronts are conflicts.
 */
public final class Counters extends Watcher {
    private static final int SECTOR_SHIFT = 5;
    private static final int BANKS = 32;

    /** What one line of the PTX text did to memory. */
    public record MemoryCount(
            long requests, long bytes, long sectors, long idealSectors, long wavefronts, long idealWavefronts) {
        private static final MemoryCount NONE = new MemoryCount(0, 0, 0, 0, 0, 0);

        private MemoryCount plus(MemoryCount other) {
            return new MemoryCount(
                    requests + other.requests,
                    bytes + other.bytes,
                    sectors + other.sectors,
                    idealSectors + other.idealSectors,
                    wavefronts + other.wavefronts,
                    idealWavefronts + other.idealWavefronts);
        }

        /** Wavefronts beyond the fewest possible. */
        public long bankConflicts() {
            return wavefronts - idealWavefronts;
        }

        public double sectorsPerRequest() {
            return requests == 0 ? 0 : (double) sectors / requests;
        }
    }

    private final Map<InstructionClass, Long> instructions = new EnumMap<>(InstructionClass.class);
    private final Map<Integer, MemoryCount> globalByLine = new TreeMap<>();
    private final Map<Integer, MemoryCount> sharedByLine = new TreeMap<>();
    private long warpInstructions;
    private long laneInstructions;
    private long barriers;

    /** All counts zero. */
    public Counters() {}

    @Override
    public void step(Warp warp, Step step, int mask) {
        Operation operation = step.operation();
        if (operation != null) {
            instructions.merge(InstructionClass.of(operation), 1L, Long::sum);
            warpInstructions++;
            laneInstructions += Integer.bitCount(mask);
        }
    }

    @Override
    public void barrierArrives(Warp warp, Step step, int number, int mask, boolean waits) {
        barriers++;
    }

    @Override
    public void access(
            Warp warp, Step step, StateSpace space, Access access, int mask, long[] addresses, int byteCount) {
        if (access == Access.ASYNC_COMPLETE) {
            return; // counted when it was issued
        }
        if (space == StateSpace.GLOBAL) {
            globalByLine.merge(step.line(), global(mask, addresses, byteCount), MemoryCount::plus);
        } else if (space == StateSpace.SHARED) {
            sharedByLine.merge(step.line(), shared(mask, addresses, byteCount), MemoryCount::plus);
        }
    }

    private static MemoryCount global(int mask, long[] at, int byteCount) {
        long[] sectors = new long[2 * BANKS];
        int count = 0;
        for (int n = 0; n < at.length; n++) {
            if (((mask >>> n) & 1) != 0) {
                sectors[count++] = at[n] >> SECTOR_SHIFT;
                sectors[count++] = (at[n] + byteCount - 1) >> SECTOR_SHIFT;
            }
        }
        long bytes = (long) Integer.bitCount(mask) * byteCount;
        return new MemoryCount(1, bytes, distinct(sectors, count), distinctIdeal(mask, at, byteCount), 0, 0);
    }

    /** The sectors that the distinct bytes would fill if they lay together. */
    private static long distinctIdeal(int mask, long[] at, int byteCount) {
        long[] starts = new long[BANKS];
        int count = 0;
        for (int n = 0; n < at.length; n++) {
            if (((mask >>> n) & 1) != 0) {
                starts[count++] = at[n];
            }
        }
        long bytes = distinct(starts, count) * byteCount;
        return (bytes + (1 << SECTOR_SHIFT) - 1) >> SECTOR_SHIFT;
    }

    private static long distinct(long[] values, int count) {
        Arrays.sort(values, 0, count);
        long distinct = 0;
        for (int n = 0; n < count; n++) {
            distinct += n == 0 || values[n] != values[n - 1] ? 1 : 0;
        }
        return distinct;
    }

    /** Lanes go in phases of 128 bytes: 32 lanes at 4 bytes, 16 at 8, 8 at 16. */
    private static MemoryCount shared(int mask, long[] at, int byteCount) {
        int lanesPerPhase = Math.min(BANKS, 4 * BANKS / Math.max(byteCount, 4));
        long wavefronts = 0;
        long phases = 0;
        for (int first = 0; first < at.length; first += lanesPerPhase) {
            int worst = worstBank(mask, at, byteCount, first, first + lanesPerPhase);
            wavefronts += worst;
            phases += worst > 0 ? 1 : 0;
        }
        return new MemoryCount(1, (long) Integer.bitCount(mask) * byteCount, 0, 0, wavefronts, phases);
    }

    /** The most distinct words that one bank has to serve. */
    private static int worstBank(int mask, long[] at, int byteCount, int first, int end) {
        long[] words = new long[BANKS * 4];
        int count = 0;
        for (int n = first; n < end; n++) {
            if (((mask >>> n) & 1) != 0) {
                for (long word = at[n] >> 2; word <= (at[n] + byteCount - 1) >> 2; word++) {
                    words[count++] = word;
                }
            }
        }
        Arrays.sort(words, 0, count);
        int[] load = new int[BANKS];
        int worst = 0;
        for (int n = 0; n < count; n++) {
            if (n == 0 || words[n] != words[n - 1]) {
                worst = Math.max(worst, ++load[(int) (words[n] & (BANKS - 1))]);
            }
        }
        return worst;
    }

    /** Warp instructions of a class, guarded-off ones included. */
    public long instructions(InstructionClass which) {
        return instructions.getOrDefault(which, 0L);
    }

    public long warpInstructions() {
        return warpInstructions;
    }

    /** Instructions times active lanes. */
    public long laneInstructions() {
        return laneInstructions;
    }

    /** Arrivals of warps at barriers. */
    public long barriers() {
        return barriers;
    }

    public MemoryCount global() {
        return globalByLine.values().stream().reduce(MemoryCount.NONE, MemoryCount::plus);
    }

    public MemoryCount shared() {
        return sharedByLine.values().stream().reduce(MemoryCount.NONE, MemoryCount::plus);
    }

    /** Global memory by line of the PTX text. */
    public Map<Integer, MemoryCount> globalByLine() {
        return new TreeMap<>(globalByLine);
    }

    /** Shared memory by line of the PTX text. */
    public Map<Integer, MemoryCount> sharedByLine() {
        return new TreeMap<>(sharedByLine);
    }

    /** A table of all counts. */
    public String report() {
        StringBuilder text = new StringBuilder();
        text.append("warp instructions ").append(warpInstructions);
        text.append(", lane instructions ").append(laneInstructions);
        text.append(", barrier arrivals ").append(barriers).append('\n');
        instructions.forEach((which, count) -> text.append("  %-18s %d%n".formatted(which, count)));
        globalByLine.forEach((line, count) ->
                text.append("  line %d: global, %d requests, %d bytes, %.1f sectors a request (ideal %.1f)%n"
                        .formatted(
                                line,
                                count.requests(),
                                count.bytes(),
                                count.sectorsPerRequest(),
                                (double) count.idealSectors() / count.requests())));
        sharedByLine.forEach(
                (line, count) -> text.append("  line %d: shared, %d requests, %d bytes, %d bank conflicts%n"
                        .formatted(line, count.requests(), count.bytes(), count.bankConflicts())));
        return text.toString();
    }
}

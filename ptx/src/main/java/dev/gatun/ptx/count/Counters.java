package dev.gatun.ptx.count;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.exec.AsyncAccess;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher;
import dev.gatun.ptx.verify.Operation;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
    private static final int LARGEST_LANE_BYTES = 16;
    private static final int WAVEFRONT_BYTES = 4 * BANKS;

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

        public double idealSectorsPerRequest() {
            return requests == 0 ? 0 : (double) idealSectors / requests;
        }
    }

    /** How often one instruction was executed. */
    private static final class Tally {
        final InstructionClass which;
        final @Nullable TensorKind tensor;
        final long multiplyAdds;
        long warps;

        Tally(Operation operation) {
            boolean multiplies = operation.opcode().equals("mma") || operation.has("mma_async");
            which = InstructionClass.of(operation);
            tensor = multiplies ? TensorKind.of(operation) : null;
            multiplyAdds = multiplies ? TensorKind.multiplyAdds(operation) : 0;
        }
    }

    private final IdentityHashMap<Operation, Tally> tallies = new IdentityHashMap<>();
    private final SectorSet sectors = new SectorSet();
    private final Map<Integer, MemoryCount> globalByLine = new TreeMap<>();
    private final Map<Integer, MemoryCount> sharedByLine = new TreeMap<>();
    private long warpInstructions;
    private long laneInstructions;
    private long barriers;
    private long globalBytesRead;
    private long globalBytesWritten;
    private long launches;
    private long mostBlocks;
    private long mostWarps;

    /** All counts zero. */
    public Counters() {}

    @Override
    public void launchStarts(Launch launch) {
        long blocks = launch.grid().count();
        launches++;
        mostBlocks = Math.max(mostBlocks, blocks);
        mostWarps = Math.max(mostWarps, blocks * ((launch.block().count() + 31) / 32));
    }

    @Override
    public void step(Warp warp, Step step, int mask) {
        Operation operation = step.operation();
        if (operation != null) {
            tallies.computeIfAbsent(operation, Tally::new).warps++;
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
        if (access == Access.ASYNC_COMPLETE || access == Access.MATRIX_DONE || access == Access.MATRIX_SHARE) {
            return; // counted when it was issued, or with the first warp of the warpgroup
        }
        if (space == StateSpace.GLOBAL) {
            MemoryCount count = byteCount > LARGEST_LANE_BYTES
                    ? stretch(access, addresses[Integer.numberOfTrailingZeros(mask)], byteCount)
                    : global(access, mask, addresses, byteCount);
            globalByLine.merge(step.line(), count, MemoryCount::plus);
            globalBytesRead += access == Access.WRITE ? 0 : count.bytes();
            globalBytesWritten += access == Access.WRITE || access == Access.ATOMIC ? count.bytes() : 0;
        } else if (space == StateSpace.SHARED) {
            sharedByLine.merge(step.line(), shared(mask, addresses, byteCount), MemoryCount::plus);
        }
    }

    @Override
    public void remoteAccess(
            Warp warp, Step step, Block owner, Access access, int mask, long[] addresses, int byteCount) {
        sharedByLine.merge(step.line(), shared(mask, addresses, byteCount), MemoryCount::plus);
    }

    /** Bulk copies go through shared memory 128 bytes at a time, without conflicts. */
    @Override
    public void asyncBegins(AsyncAccess access) {
        long wavefronts = ((long) access.byteCount() + WAVEFRONT_BYTES - 1) / WAVEFRONT_BYTES;
        MemoryCount count = new MemoryCount(1, access.byteCount(), 0, 0, wavefronts, wavefronts);
        sharedByLine.merge(access.step().line(), count, MemoryCount::plus);
    }

    /** What a bulk copy moves in one piece, or a row of a tensor's box. */
    private MemoryCount stretch(Access access, long at, int byteCount) {
        long first = at >> SECTOR_SHIFT;
        long last = (at + byteCount - 1) >> SECTOR_SHIFT;
        long[] touched = new long[(int) (last - first + 1)];
        Arrays.setAll(touched, n -> first + n);
        sectors.add(access, touched, touched.length);
        long ideal = (byteCount + (1L << SECTOR_SHIFT) - 1) >> SECTOR_SHIFT;
        return new MemoryCount(1, byteCount, touched.length, ideal, 0, 0);
    }

    private MemoryCount global(Access access, int mask, long[] at, int byteCount) {
        long[] touched = new long[2 * BANKS];
        int count = 0;
        for (int n = 0; n < at.length; n++) {
            if (((mask >>> n) & 1) != 0) {
                touched[count++] = at[n] >> SECTOR_SHIFT;
                touched[count++] = (at[n] + byteCount - 1) >> SECTOR_SHIFT;
            }
        }
        long bytes = (long) Integer.bitCount(mask) * byteCount;
        long distinct = distinct(touched, count);
        sectors.add(access, touched, count);
        return new MemoryCount(1, bytes, distinct, distinctIdeal(mask, at, byteCount), 0, 0);
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

    /** Sorts, and counts those that differ. */
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
        return tallies.values().stream()
                .filter(tally -> tally.which == which)
                .mapToLong(tally -> tally.warps)
                .sum();
    }

    /** Multiply-adds of matrix instructions. */
    public long multiplyAdds(TensorKind kind) {
        return tallies.values().stream()
                .filter(tally -> tally.tensor == kind)
                .mapToLong(tally -> tally.warps * tally.multiplyAdds)
                .sum();
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

    /** Bytes of global memory that lanes asked for; an atomic operation reads and writes. */
    public long globalBytesRead() {
        return globalBytesRead;
    }

    /** Bytes of global memory that lanes wrote; an atomic operation reads and writes. */
    public long globalBytesWritten() {
        return globalBytesWritten;
    }

    /** The bytes that must cross the memory bus if caches are cold and lose nothing: each sector once a direction. */
    public long busBytes() {
        return (sectors.fetched() + sectors.written()) << SECTOR_SHIFT;
    }

    public long launches() {
        return launches;
    }

    /** Blocks of the largest grid. */
    public long mostBlocks() {
        return mostBlocks;
    }

    /** Warps of the largest grid. */
    public long mostWarps() {
        return mostWarps;
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
        for (InstructionClass which : InstructionClass.values()) {
            if (instructions(which) > 0) {
                text.append("  %-18s %d%n".formatted(which.word(), instructions(which)));
            }
        }
        globalByLine.forEach((line, count) ->
                text.append("  line %d: global, %d requests, %d bytes, %.1f sectors a request (ideal %.1f)%n"
                        .formatted(
                                line,
                                count.requests(),
                                count.bytes(),
                                count.sectorsPerRequest(),
                                count.idealSectorsPerRequest())));
        sharedByLine.forEach(
                (line, count) -> text.append("  line %d: shared, %d requests, %d bytes, %d bank conflicts%n"
                        .formatted(line, count.requests(), count.bytes(), count.bankConflicts())));
        return text.toString();
    }
}

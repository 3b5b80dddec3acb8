package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import java.util.ArrayList;
import java.util.List;

/**
 * Four warps that execute {@code wgmma} and {@code setmaxnreg} together: each must come to the same instructions with the
 * same operands in the same order. Nobody waits; what differs is a fault when it shows.
 */
final class Warpgroup {
    static final int WARPS = 4;

    /** An instruction as the first warp executed it. */
    private record Turn(Step step, int warp, long a, long b, boolean accumulates) {}

    private final List<Turn> turns = new ArrayList<>(); // from number first on
    private final int[] counts = new int[WARPS];
    private int first;

    void clear() {
        turns.clear();
        java.util.Arrays.fill(counts, 0);
        first = 0;
    }

    /** A warp with all its lanes executes {@code step}; the operands are those that all four must share. */
    static void enter(Warp warp, Step step, int mask, long a, long b, boolean accumulates) {
        Block block = warp.block;
        int last = warp.index | (WARPS - 1);
        if (mask != -1) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    mask,
                    "executes a warpgroup's instruction with active lanes 0x" + Integer.toHexString(mask)
                            + ", not all 32,");
        }
        if (last >= block.warps.length || block.warps[last].presentMask() != -1) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    mask,
                    "executes a warpgroup's instruction in a warpgroup of less than 128 threads");
        }
        block.warpgroup(warp.index / WARPS).enter(warp, step, new Turn(step, warp.index, a, b, accumulates));
    }

    private void enter(Warp warp, Step step, Turn turn) {
        int member = warp.index & (WARPS - 1);
        int number = counts[member]++;
        if (number - first == turns.size()) {
            for (int w = 0; w < WARPS; w++) {
                Warp other = warp.block.warps[(warp.index & -WARPS) + w];
                if (other.isDone() && counts[w] <= number) {
                    throw warp.fault(
                            PtxFault.Kind.UNDEFINED,
                            step,
                            -1,
                            "executes without warp " + other.index + ", which exited,");
                }
            }
            turns.add(turn);
        }
        Turn expected = turns.get(number - first);
        if (!expected.step.equals(step)) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    -1,
                    "executes a warpgroup's instruction where warp " + expected.warp + " executed that of line "
                            + expected.step.line() + ",");
        }
        if (expected.a != turn.a || expected.b != turn.b || expected.accumulates != turn.accumulates) {
            throw warp.fault(
                    PtxFault.Kind.UNDEFINED,
                    step,
                    -1,
                    "gives a descriptor or scale-d that differs from that of warp " + expected.warp);
        }
        while (!turns.isEmpty() && counts[0] > first && counts[1] > first && counts[2] > first && counts[3] > first) {
            turns.remove(0);
            first++;
        }
    }

    /** After all warps of the block have exited: nobody may have left early. */
    void end(Block block, int number) {
        for (Turn turn : turns) {
            for (int w = 0; w < WARPS; w++) {
                if (counts[w] <= first) {
                    Warp missing = block.warps[number * WARPS + w];
                    throw missing.fault(
                            PtxFault.Kind.UNDEFINED,
                            turn.step,
                            1,
                            "exited without the instruction that warp " + turn.warp + " of its warpgroup executed");
                }
            }
        }
    }
}

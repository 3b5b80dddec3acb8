package dev.gatun.ptx.check;

import dev.gatun.ptx.exec.Bank;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.verify.Operation;
import java.util.Arrays;
import java.util.Set;

/**
 * Values that {@code shfl.sync} fetched from lanes that take no part in it: undefined by the ISA.
 *
 * <p>To fetch one and throw it away is correct, and what guarded reductions do; so it is followed through registers and
 * reported where a store, an address, a branch, a vote or a matrix product depends on it. Lanes that have exited may stand
 * in a member mask, since the ISA waits only for those that have not.
 */
final class AbsentLanes {
    private static final Set<String> USES = Set.of(
            "st",
            "ld",
            "atom",
            "red",
            "bra",
            "brx",
            "ret",
            "exit",
            "trap",
            "mma",
            "cp",
            "bar",
            "barrier",
            "ldmatrix",
            "stmatrix",
            "mbarrier",
            "vote",
            "match",
            "redux",
            "elect");
    private static final String HINT =
            "read only from lanes that take part, or discard the value where the other lane is absent";
    private static final int LANES = 32;
    private static final Bank[] BANKS = Bank.values();
    private static final int PREDICATES = Bank.bankOf(Bank.PREDICATE.slot(0));

    /** A shuffle that read from an absent lane. */
    private record Origin(Step step, int reader, int absent, int present) {}

    private final Findings findings;
    private int[] slotCounts = {};
    private int[][][] lanes = {}; // [warp][bank][slot]: whose value is undefined
    private Origin[][][][] origins = {}; // [warp][bank][slot][lane]
    private boolean[] any = {}; // [warp]
    private final Origin[] current = new Origin[LANES];

    AbsentLanes(Findings findings) {
        this.findings = findings;
    }

    void launchStarts(Launch launch) {
        slotCounts = new int[BANKS.length];
        for (int bank = 0; bank < BANKS.length; bank++) {
            slotCounts[bank] = launch.slotCount(BANKS[bank]);
        }
        lanes = new int[0][][];
    }

    void blockStarts(Block block) {
        if (lanes.length != block.warpCount()) {
            lanes = new int[block.warpCount()][][];
            origins = new Origin[block.warpCount()][][][];
        }
        any = new boolean[block.warpCount()];
    }

    /** Lanes in {@code mask} have executed a shuffle, each with the value of the lane in {@code sourceLanes}. */
    void shuffles(Warp warp, Step step, int mask, int[] sourceLanes) {
        int w = warp.index();
        int absent = 0;
        for (int n = 0; n < LANES; n++) {
            absent |= ((mask >>> n) & 1) != 0 && ((mask >>> sourceLanes[n]) & 1) == 0 ? 1 << n : 0;
        }
        if (absent == 0 && !any[w]) {
            return;
        }
        if (!any[w]) {
            begin(w);
        }
        int source = step.sources()[0];
        int passedOn = lanes[w][Bank.bankOf(source)][Bank.indexOf(source)];
        int undefined = absent;
        for (int n = 0; n < LANES; n++) {
            undefined |= ((mask >>> n) & 1) != 0 && ((passedOn >>> sourceLanes[n]) & 1) != 0 ? 1 << n : 0;
        }
        Origin[] from = new Origin[LANES];
        for (int n = 0; n < LANES; n++) {
            if (((absent >>> n) & 1) != 0) {
                from[n] = new Origin(step, n, sourceLanes[n], mask);
            } else if (((undefined >>> n) & 1) != 0) {
                from[n] = origins(w, source)[sourceLanes[n]];
            }
        }
        int[] destinations = step.destinations();
        for (int d = 0; d < destinations.length; d++) { // the predicate, if any, comes second and is always defined
            set(w, destinations[d], mask, d == 0 ? undefined : 0, from);
        }
    }

    private void begin(int w) {
        any[w] = true;
        if (lanes[w] == null) {
            lanes[w] = new int[BANKS.length][];
            origins[w] = new Origin[BANKS.length][][];
            for (int bank = 0; bank < BANKS.length; bank++) {
                lanes[w][bank] = new int[slotCounts[bank]];
                origins[w][bank] = new Origin[slotCounts[bank]][];
            }
        }
        for (int[] bank : lanes[w]) {
            Arrays.fill(bank, 0);
        }
    }

    private Origin[] origins(int w, int slot) {
        Origin[][] bank = origins[w][Bank.bankOf(slot)];
        int index = Bank.indexOf(slot);
        if (bank[index] == null) {
            bank[index] = new Origin[LANES];
        }
        return bank[index];
    }

    private void set(int w, int slot, int mask, int undefined, Origin[] from) {
        int[] bank = lanes[w][Bank.bankOf(slot)];
        int index = Bank.indexOf(slot);
        bank[index] = (bank[index] & ~mask) | (undefined & mask);
        if (undefined != 0) {
            copy(from, undefined, origins(w, slot));
        }
    }

    private static void copy(Origin[] from, int wanted, Origin[] to) {
        for (int n = 0; n < LANES; n++) {
            if (((wanted >>> n) & 1) != 0) {
                to[n] = from[n];
            }
        }
    }

    void step(Warp warp, Step step, int mask) {
        int w = warp.index();
        Operation operation = step.operation();
        if (!any[w] || (operation != null && operation.opcode().equals("shfl"))) {
            return;
        }
        Origin[] from = current;
        int undefined = 0;
        if (step.guard() >= 0) {
            undefined = warp.activeMask() & lanes[w][PREDICATES][step.guard()];
            copy(origins(w, Bank.PREDICATE.slot(step.guard())), undefined, from);
        }
        int written = mask | undefined;
        int[] sources = step.sources();
        boolean selects = operation != null && operation.opcode().equals("selp") && sources.length == 3;
        for (int n = 0; n < sources.length; n++) {
            int doubtful = mask & lanes[w][Bank.bankOf(sources[n])][Bank.indexOf(sources[n])];
            if (selects && n < 2) {
                int first = warp.predicate(Bank.indexOf(sources[2]));
                doubtful &= n == 0 ? first : ~first;
            }
            if (doubtful != 0) {
                undefined |= doubtful;
                copy(origins(w, sources[n]), doubtful, from);
            }
        }
        if (undefined != 0 && operation != null && USES.contains(operation.opcode())) {
            int lane = Integer.numberOfTrailingZeros(undefined);
            report(warp, step, lane, from[lane]);
            undefined = 0;
        }
        for (int destination : step.destinations()) {
            set(w, destination, written, undefined, from);
        }
    }

    private void report(Warp warp, Step step, int lane, Origin origin) {
        if (!findings.repeat(Check.SHUFFLE, "", origin.step().line(), step.line())) {
            findings.add(
                    Check.SHUFFLE,
                    "",
                    "depends on what lane " + origin.reader() + " shuffled from lane " + origin.absent()
                            + ", which takes no part: lanes 0x" + Integer.toHexString(origin.present()) + " do",
                    Place.of(origin.step(), warp, origin.reader()),
                    Place.of(step, warp, lane),
                    HINT);
        }
    }
}

package dev.gatun.ptx.check;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.exec.Bank;
import dev.gatun.ptx.exec.Block;
import dev.gatun.ptx.exec.Launch;
import dev.gatun.ptx.exec.Step;
import dev.gatun.ptx.exec.Warp;
import dev.gatun.ptx.exec.Watcher.Access;
import dev.gatun.ptx.verify.Operation;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;

/**
 * Which lanes of which registers, and which bytes of shared and local memory, have been written.
 *
 * <p>Copying an undefined register is harmless and passes the undefinedness on; using it in an address, a comparison, a
 * store, a shuffle or a matrix product is reported, as is loading bytes that nobody stored.
 */
final class Initialisation {
    private static final Set<String> USES = Set.of(
            "st",
            "ld",
            "atom",
            "red",
            "setp",
            "brx",
            "mma",
            "cp",
            "bar",
            "barrier",
            "ldmatrix",
            "stmatrix",
            "mbarrier");

    private static final Bank[] BANKS = Bank.values();

    private final Findings findings;
    private int[][] preset = {}; // [bank][slot]: all lanes or none
    private int[][][] defined = {}; // [warp][bank][slot]: lanes
    private final BitSet sharedBytes = new BitSet();
    private BitSet[] localBytes = {}; // [warp]

    Initialisation(Findings findings) {
        this.findings = findings;
    }

    void launchStarts(Launch launch) {
        preset = new int[BANKS.length][];
        for (int bank = 0; bank < BANKS.length; bank++) {
            preset[bank] = new int[launch.slotCount(BANKS[bank])];
            for (int slot = 0; slot < preset[bank].length; slot++) {
                preset[bank][slot] = launch.isPreset(BANKS[bank], slot) ? -1 : 0;
            }
        }
    }

    void blockStarts(Block block) {
        defined = new int[block.warpCount()][preset.length][];
        for (int[][] banks : defined) {
            for (int bank = 0; bank < banks.length; bank++) {
                banks[bank] = Arrays.copyOf(preset[bank], preset[bank].length);
            }
        }
        sharedBytes.clear();
        localBytes = new BitSet[block.warpCount()];
        Arrays.setAll(localBytes, warp -> new BitSet());
    }

    void step(Warp warp, Step step, int mask) {
        int[][] lanes = defined[warp.index()];
        Operation operation = step.operation();
        if (step.guard() >= 0 && operation != null) {
            int unknown = warp.activeMask() & ~lanes[Bank.bankOf(Bank.PREDICATE.slot(0))][step.guard()];
            if (unknown != 0) {
                report(warp, step, unknown, "the guard predicate has no value");
            }
        }
        int unknown = 0;
        for (int source : step.sources()) {
            unknown |= mask & ~lanes[Bank.bankOf(source)][Bank.indexOf(source)];
        }
        if (unknown != 0 && operation != null && USES.contains(operation.opcode())) {
            report(warp, step, unknown, "an operand has no value");
            unknown = 0;
        }
        for (int destination : step.destinations()) {
            int[] bank = lanes[Bank.bankOf(destination)];
            int slot = Bank.indexOf(destination);
            bank[slot] = (bank[slot] & ~mask) | (mask & ~unknown);
        }
    }

    void access(Warp warp, Step step, StateSpace space, Access access, int mask, long[] at, int byteCount) {
        if (access == Access.ASYNC_WRITE) {
            return; // takes effect when it completes
        }
        boolean shared = space == StateSpace.SHARED;
        BitSet written = shared ? sharedBytes : localBytes[warp.index()];
        for (int lane = 0; lane < 32; lane++) {
            long from = shared ? at[lane] : at[lane] * 32 + lane; // lanes interleaved: each has its own local memory
            if (((mask >>> lane) & 1) == 0 || at[lane] < 0 || at[lane] > 1 << 24) {
                continue;
            }
            int stride = shared ? 1 : 32;
            for (int b = 0; b < byteCount; b++) {
                int index = (int) from + b * stride;
                if (access == Access.READ || access == Access.ATOMIC) {
                    if (!written.get(index)) {
                        report(
                                warp,
                                step,
                                1 << lane,
                                "reads " + space.word() + "+0x" + Long.toHexString(at[lane] + b)
                                        + ", which was never written");
                        break;
                    }
                } else {
                    written.set(index);
                }
            }
        }
    }

    private void report(Warp warp, Step step, int lanes, String what) {
        String kind = what.startsWith("reads") ? "memory" : "register";
        if (!findings.repeat(Check.INIT, kind, 0, step.line())) {
            findings.add(
                    Check.INIT,
                    kind,
                    what,
                    null,
                    Place.of(step, warp, Integer.numberOfTrailingZeros(lanes)),
                    "give it a value on every path to line " + step.line());
        }
    }
}

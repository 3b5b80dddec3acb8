package dev.gatun.ptx.check;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.exec.AsyncAccess;
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
            "wgmma",
            "cp",
            "bar",
            "barrier",
            "ldmatrix",
            "stmatrix",
            "mbarrier",
            "mapa",
            "getctarank");

    private static final Bank[] BANKS = Bank.values();

    private final Findings findings;
    private int[][] preset = {}; // [bank][slot]: all lanes or none
    private int[][][] defined = {}; // [warp][bank][slot]: lanes
    private long[] sharedBytes = {}; // a bit each
    private BitSet[] localBytes = {}; // [warp]

    Initialisation(Findings findings) {
        this.findings = findings;
    }

    void launchStarts(Launch launch) {
        preset = new int[BANKS.length][];
        defined = new int[0][][];
        for (int bank = 0; bank < BANKS.length; bank++) {
            preset[bank] = new int[launch.slotCount(BANKS[bank])];
            for (int slot = 0; slot < preset[bank].length; slot++) {
                preset[bank][slot] = launch.isPreset(BANKS[bank], slot) ? -1 : 0;
            }
        }
    }

    void blockStarts(Block block) {
        if (defined.length != block.warpCount()) {
            defined = new int[block.warpCount()][preset.length][];
        }
        for (int[][] banks : defined) {
            for (int bank = 0; bank < banks.length; bank++) {
                if (banks[bank] == null) {
                    banks[bank] = new int[preset[bank].length];
                }
                System.arraycopy(preset[bank], 0, banks[bank], 0, preset[bank].length);
            }
        }
        int words = (block.sharedBytes() + Long.SIZE - 1) / Long.SIZE;
        if (sharedBytes.length == words) {
            Arrays.fill(sharedBytes, 0);
        } else {
            sharedBytes = new long[words];
        }
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
        for (int source : step.sources(warp)) {
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
        if (access == Access.ASYNC_WRITE || access == Access.MATRIX_DONE) {
            return; // a write takes effect when it completes, a read has when it was issued
        }
        boolean isRead = access == Access.READ
                || access == Access.ATOMIC
                || access == Access.MATRIX_READ
                || access == Access.MATRIX_SHARE;
        for (int lane = 0; lane < 32; lane++) {
            if (((mask >>> lane) & 1) == 0 || at[lane] < 0 || at[lane] > 1 << 24) {
                continue;
            }
            int from = (int) at[lane];
            int missing = space == StateSpace.SHARED
                    ? shared(from, byteCount, isRead)
                    : local(localBytes[warp.index()], lane, from, byteCount, isRead);
            if (missing >= 0) {
                String what = "reads " + space.word() + "+0x" + Long.toHexString(missing);
                report(warp, step, 1 << lane, what + ", which was never written");
            }
        }
    }

    /** A bulk copy is about to read shared memory, or has written it. */
    void access(AsyncAccess access) {
        for (int at = access.address(); at < access.address() + access.byteCount(); at++) {
            int missing = shared(at, 1, !access.writes());
            if (missing >= 0) {
                String what = "reads shared+0x" + Integer.toHexString(missing);
                report(access.warp(), access.step(), 1 << access.lane(), what + ", which was never written");
                return;
            }
        }
    }

    /** The first byte that is read without having been written, or -1. */
    private int shared(int from, int byteCount, boolean isRead) {
        if (from > sharedBytes.length * Long.SIZE - byteCount) {
            return -1; // the machine is about to report the address
        }
        int inWord = from & (Long.SIZE - 1);
        if (inWord + byteCount <= Long.SIZE) {
            long bits = ((1L << byteCount) - 1) << inWord;
            if (!isRead) {
                sharedBytes[from / Long.SIZE] |= bits;
                return -1;
            }
            long unwritten = bits & ~sharedBytes[from / Long.SIZE];
            return unwritten == 0 ? -1 : from - inWord + Long.numberOfTrailingZeros(unwritten);
        }
        for (int at = from; at < from + byteCount; at++) { // not aligned: the machine is about to report it
            int missing = shared(at, 1, isRead);
            if (missing >= 0) {
                return missing;
            }
        }
        return -1;
    }

    /** The same for local memory, where lanes are interleaved since each has its own. */
    private static int local(BitSet written, int lane, int from, int byteCount, boolean isRead) {
        for (int at = from; at < from + byteCount; at++) {
            if (!isRead) {
                written.set(at * 32 + lane);
            } else if (!written.get(at * 32 + lane)) {
                return at;
            }
        }
        return -1;
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

package dev.gatun.ptx.exec;

import dev.gatun.ptx.verify.Operation;
import org.jspecify.annotations.Nullable;

/** One instruction, decoded: the unit that the machine executes. Immutable once its program is linked. */
public abstract class Step {
    private static final int[] NONE = {};

    int guard = -1; // predicate slot, -1 for none
    int guardFlip; // -1 where the guard is negated, otherwise 0
    private @Nullable Operation operation;
    private boolean strong;
    private int[] sources = NONE;
    private int[] destinations = NONE;

    Step() {}

    /**
     * Whether it only computes or moves data: it leaves the warp's lanes together and its program counter alone, so that
     * several in a row need no look at either.
     */
    boolean isStraight() {
        return false;
    }

    /** Executes for the lanes in {@code mask}, which is not empty. */
    abstract void run(Warp warp, int mask);

    void attach(@Nullable Operation ofOperation, int guardSlot, boolean negated, int[] reads, int[] writes) {
        operation = ofOperation;
        strong = ofOperation != null
                && (ofOperation.opcode().equals("atom")
                        || ofOperation.opcode().equals("red")
                        || ofOperation.has("reduce")
                        || ofOperation.has("O")
                        || ofOperation.has("volatile"));
        guard = guardSlot;
        guardFlip = negated ? -1 : 0;
        sources = reads;
        destinations = writes;
    }

    /** The instruction in the text; null for a step that the machine put in. */
    public final @Nullable Operation operation() {
        return operation;
    }

    /** Whether it is a strong access in the sense of the memory model: atomic, volatile, relaxed, acquire or release. */
    public final boolean isStrong() {
        return strong;
    }

    /** The line of the instruction, 0 if there is none. */
    public final int line() {
        return operation == null ? 0 : operation.line();
    }

    public final String text() {
        return operation == null ? "" : operation.syntax().text();
    }

    /** The registers read, see {@link Bank#slot}; without the guard. */
    public final int[] sources() {
        return sources;
    }

    /** The registers read under what {@code warp} holds now; fewer than all where a predicate decides. */
    public int[] sources(Warp warp) {
        return sources;
    }

    /** The registers written, see {@link Bank#slot}. */
    public final int[] destinations() {
        return destinations;
    }

    /** The predicate slot that guards the step, or -1. */
    public final int guard() {
        return guard;
    }
}

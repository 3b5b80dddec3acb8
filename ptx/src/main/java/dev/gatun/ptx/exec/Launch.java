package dev.gatun.ptx.exec;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import java.util.concurrent.atomic.AtomicLong;

/** One run of a grid. */
public final class Launch {
    private final Program program;
    private final GlobalMemory memory;
    private final Dim3 grid;
    private final Dim3 block;
    private final Dim3 cluster;
    private final int dynamicSharedBytes;
    private final byte[] parameters;
    private final LaunchOptions options;
    private final AtomicLong steps = new AtomicLong();

    Launch(
            Program program,
            GlobalMemory memory,
            Dim3 grid,
            Dim3 block,
            Dim3 cluster,
            int dynamicSharedBytes,
            byte[] parameters,
            LaunchOptions options) {
        this.program = program;
        this.memory = memory;
        this.grid = grid;
        this.block = block;
        this.cluster = cluster;
        this.dynamicSharedBytes = dynamicSharedBytes;
        this.parameters = parameters;
        this.options = options;
    }

    Program program() {
        return program;
    }

    byte[] parameters() {
        return parameters;
    }

    public String entryName() {
        return program.entryName();
    }

    /** The steps of the program, in order. */
    public java.util.List<Step> steps() {
        return java.util.List.of(program.code());
    }

    /** How many registers of a bank a warp has. */
    public int slotCount(Bank bank) {
        return switch (bank) {
            case INT -> program.intSlots();
            case FLOAT -> program.floatSlots();
            case LONG -> program.longSlots();
            case DOUBLE -> program.doubleSlots();
            case PREDICATE -> program.predicateSlots();
        };
    }

    /** Whether a register has its value before the first step: a constant or a special register. */
    public boolean isPreset(Bank bank, int index) {
        return program.isPreset(bank, index);
    }

    public GlobalMemory memory() {
        return memory;
    }

    public Dim3 grid() {
        return grid;
    }

    public Dim3 block() {
        return block;
    }

    /** How many blocks run together in each direction. */
    public Dim3 cluster() {
        return cluster;
    }

    /** The shared variable at an address, for messages. */
    public String describeShared(long address) {
        return program.sharedLayout().describe(address);
    }

    public LaunchOptions options() {
        return options;
    }

    int dynamicSharedBytes() {
        return dynamicSharedBytes;
    }

    int sharedBytes() {
        return dynamicSharedBytes == 0
                ? program.staticSharedBytes()
                : program.sharedLayout().dynamicOffset() + dynamicSharedBytes;
    }

    /** Counts warp instructions against the limit. */
    void charge(Block running, long count) {
        if (steps.addAndGet(count) > options.stepLimit()) {
            throw new PtxFault(
                    PtxFault.Kind.RUNAWAY,
                    0,
                    program.entryName() + " has taken more than " + options.stepLimit()
                            + " warp instructions; it is stopped here\n" + StallReport.of(running));
        }
    }

    /** Warp instructions executed so far. */
    public long stepCount() {
        return steps.get();
    }
}

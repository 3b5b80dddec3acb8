package dev.gatun.ptx.exec;

import dev.gatun.ptx.Dim3;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One block of a grid on its way: its warps, shared memory and barriers. Reused from block to block by one thread. */
public final class Block {
    /** Steps a warp may take before the next one has its turn. */
    private static final int SLICE = 1 << 16;

    private static final byte POISON = -1; // reads as NaN in every floating format

    final Launch launch;
    final Program program;
    final GlobalMemory memory;
    final byte[] shared;
    final Warp[] warps;
    final @Nullable Watcher watcher;
    final Map<Integer, MemoryBarrier> memoryBarriers = new HashMap<>();
    final GlobalMemory.Allocation[] lastAllocations; // by memory step: most steps stay in one
    private final NamedBarrier[] barriers = new NamedBarrier[16];
    private final Warpgroup[] warpgroups;
    private final Cluster cluster;
    private final int rank;
    private final int[] warpOrder;
    private @Nullable WarpgroupScratch warpgroupScratch; // of kernels that have use for it
    private boolean maySpin;
    private boolean done;
    private long index;

    Block(Launch launch, Cluster cluster, int rank) {
        this.launch = launch;
        this.cluster = cluster;
        this.rank = rank;
        this.program = launch.program();
        this.memory = launch.memory();
        this.watcher = launch.options().watcher();
        this.lastAllocations = new GlobalMemory.Allocation[program.memorySites()];
        Arrays.fill(lastAllocations, GlobalMemory.NONE);
        this.shared = new byte[launch.sharedBytes()];
        int threads = Math.toIntExact(launch.block().count());
        this.warps = new Warp[(threads + Warp.LANES - 1) / Warp.LANES];
        this.warpOrder = new int[warps.length];
        for (int w = 0; w < warps.length; w++) {
            warps[w] = new Warp(this, program, w);
            warpOrder[w] = w;
        }
        for (int b = 0; b < barriers.length; b++) {
            barriers[b] = new NamedBarrier(warps.length);
        }
        this.warpgroups = new Warpgroup[(warps.length + Warpgroup.WARPS - 1) / Warpgroup.WARPS];
        Arrays.setAll(warpgroups, g -> new Warpgroup());
    }

    void start(long blockIndex) {
        index = blockIndex;
        maySpin = false;
        done = false;
        Arrays.fill(shared, POISON);
        memoryBarriers.clear();
        for (NamedBarrier barrier : barriers) {
            barrier.reset();
        }
        for (Warpgroup warpgroup : warpgroups) {
            warpgroup.clear();
        }
        int threads = Math.toIntExact(launch.block().count());
        for (Warp warp : warps) {
            warp.start(Math.min(Warp.LANES, threads - warp.index * Warp.LANES));
        }
        launch.options().order().arrange(warpOrder, launch.options().seed() + blockIndex);
        if (watcher != null) {
            watcher.blockStarts(this);
        }
    }

    public Launch launch() {
        return launch;
    }

    /** The number of the block in its grid, x fastest. */
    public long index() {
        return index;
    }

    public Dim3 gridSize() {
        return launch.grid();
    }

    public Dim3 blockSize() {
        return launch.block();
    }

    public int sharedBytes() {
        return shared.length;
    }

    public int warpCount() {
        return warps.length;
    }

    public Warp warp(int warpIndex) {
        return warps[warpIndex];
    }

    Warp[] warps() {
        return warps;
    }

    /** Gives each warp its slice; false if all wait. */
    boolean round() {
        boolean alive = false;
        boolean moved = false;
        for (int w : warpOrder) {
            Warp warp = warps[w];
            if (!warp.isDone() && warp.makeRunnable()) {
                moved = true;
                warp.stalled = false;
                slice(warp);
                if (!warp.stalled) {
                    cluster.noteProgress();
                }
            }
            alive |= !warp.isDone();
        }
        if (!alive) {
            end();
        }
        return moved;
    }

    private void end() {
        done = true;
        for (int g = 0; g < warpgroups.length; g++) {
            warpgroups[g].end(this, g);
        }
        if (watcher != null) {
            watcher.blockEnds(this);
        }
        for (Warp warp : warps) {
            warp.bulk.finish();
        }
    }

    /** Whether all its threads have exited. */
    boolean isDone() {
        return done;
    }

    /** The blocks that run together with it. */
    public Cluster cluster() {
        return cluster;
    }

    /** Its number in its cluster. */
    public int rank() {
        return rank;
    }

    private void slice(Warp warp) {
        warp.fuel = SLICE;
        warp.unusedFuel = 0;
        if (watcher == null) {
            run(warp);
        } else {
            runWatched(warp, watcher);
        }
        if (!warp.isDone() && warp.hasCurrent()) {
            warp.rotate();
            warp.releaseJoins();
        }
        launch.charge(this, SLICE - warp.unusedFuel);
    }

    private void run(Warp warp) {
        Step[] code = program.code();
        int[] straightRuns = program.straightRuns();
        int[] predicates = warp.p;
        while (warp.fuel > 0) {
            int count = Math.min(straightRuns[warp.pc], warp.fuel);
            if (count > 1) {
                runStraight(warp, program, warp.pc, count);
                warp.pc += count;
                warp.fuel -= count;
                continue;
            }
            warp.fuel--;
            Step step = code[warp.pc++];
            int mask = warp.mask;
            int guard = step.guard;
            if (guard >= 0) {
                mask &= predicates[guard] ^ step.guardFlip;
                if (mask == 0) {
                    continue;
                }
            }
            step.run(warp, mask);
        }
    }

    private static void runStraight(Warp warp, Program program, int from, int count) {
        Step[] fused = program.fused();
        int[] spans = program.spans();
        int[] predicates = warp.p;
        int active = warp.mask;
        int end = from + count;
        int pc = from;
        while (pc < end) {
            Step step = fused[pc];
            int next = pc + spans[pc];
            if (next > end) { // the slice ends in the midst of it
                step = program.code()[pc];
                next = pc + 1;
            }
            pc = next;
            int guard = step.guard;
            if (guard < 0) {
                step.run(warp, active);
                continue;
            }
            int mask = active & (predicates[guard] ^ step.guardFlip);
            if (mask != 0) {
                step.run(warp, mask);
            }
        }
    }

    private void runWatched(Warp warp, Watcher observer) {
        Step[] code = program.code();
        while (warp.fuel > 0) {
            warp.fuel--;
            Step step = code[warp.pc++];
            int mask = warp.mask;
            if (step.guard >= 0) {
                mask &= warp.p[step.guard] ^ step.guardFlip;
            }
            observer.step(warp, step, mask);
            if (mask != 0) {
                step.run(warp, mask);
            }
        }
    }

    /** Says that the block has looked at memory that others change: it may be waiting for another block. */
    void noteSharedState() {
        maySpin = true;
    }

    boolean maySpin() {
        return maySpin;
    }

    NamedBarrier barrier(int number) {
        return barriers[number];
    }

    Warpgroup warpgroup(int number) {
        return warpgroups[number];
    }

    WarpgroupScratch warpgroupScratch() {
        if (warpgroupScratch == null) {
            warpgroupScratch = new WarpgroupScratch();
        }
        return warpgroupScratch;
    }

    /** After a warp lost lanes: barriers that waited only for them are complete now. */
    void lanesExited() {
        for (int b = 0; b < barriers.length; b++) {
            NamedBarrier barrier = barriers[b];
            if (!barrier.isIdle() && barrier.isComplete(warps)) {
                complete(b);
            }
        }
        cluster.barrier().completeIfDue();
    }

    void complete(int number) {
        if (watcher != null) {
            watcher.barrierCompletes(this, number);
        }
        barriers[number].release();
    }
}

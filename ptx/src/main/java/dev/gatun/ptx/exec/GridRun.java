package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Spreads the blocks of a grid over threads.
 *
 * <p>A worker runs a block round after round. A block that is not done after many rounds steps back behind fresh ones, so
 * that kernels whose blocks wait for each other finish too.
 */
final class GridRun {
    private static final int PATIENCE = 4096; // rounds before another block has its turn
    private static final int PATIENCE_WITH_WAITING = 2; // the same for a block that looks at shared state

    private final Launch launch;
    private final long blockCount;
    private final int @Nullable [] order; // null for the natural one
    private final AtomicLong next = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    GridRun(Launch launch) {
        this.launch = launch;
        this.blockCount = launch.grid().count();
        if (launch.options().order() == Order.FORWARD) {
            order = null;
        } else {
            order = new int[Math.toIntExact(blockCount)];
            launch.options().order().arrange(order, launch.options().seed());
        }
    }

    void run() {
        int workers = (int) Math.min(launch.options().effectiveWorkers(), blockCount);
        List<Thread> threads = new ArrayList<>();
        for (int w = 1; w < workers; w++) {
            Thread thread = new Thread(this::work, "ptx-" + launch.entryName() + "-" + w);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        work();
        for (Thread thread : threads) {
            join(thread);
        }
        Throwable thrown = failure.get();
        if (thrown instanceof PtxFault fault) {
            throw fault;
        }
        if (thrown != null) {
            throw new IllegalStateException("the machine failed while it ran " + launch.entryName(), thrown);
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        Deque<Block> waiting = new ArrayDeque<>();
        Block free = null;
        try {
            while (failure.get() == null) {
                Block block = null;
                long ticket = next.get() < blockCount ? next.getAndIncrement() : blockCount;
                if (ticket < blockCount) {
                    block = free != null ? free : new Block(launch);
                    free = null;
                    block.start(order == null ? ticket : order[(int) ticket]);
                } else {
                    block = waiting.poll();
                    if (block == null) {
                        return;
                    }
                }
                if (runPatiently(block)) {
                    free = block;
                } else {
                    waiting.add(block);
                }
            }
        } catch (Throwable thrown) { // handed to the launching thread, whatever it is
            failure.compareAndSet(null, thrown);
        }
    }

    private boolean runPatiently(Block block) {
        for (int round = 0; round < PATIENCE; round++) {
            if (block.advance()) {
                return true;
            }
            boolean waits = round >= PATIENCE_WITH_WAITING && block.maySpin();
            if (waits || failure.get() != null) {
                return false;
            }
        }
        return false;
    }
}

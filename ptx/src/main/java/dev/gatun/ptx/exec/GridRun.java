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
 * Spreads the clusters of a grid over threads; without clusters, its blocks.
 *
 * <p>A worker runs a cluster round after round. One that is not done after many rounds steps back behind fresh ones, so
 * that kernels whose blocks wait for each other finish too.
 */
final class GridRun {
    private static final int PATIENCE = 4096; // rounds before another has its turn
    private static final int PATIENCE_WITH_WAITING = 2; // the same for one that looks at shared state

    private final Launch launch;
    private final long clusterCount;
    private final int @Nullable [] order; // null for the natural one
    private final AtomicLong next = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    GridRun(Launch launch) {
        this.launch = launch;
        this.clusterCount = launch.grid().count() / launch.cluster().count();
        if (launch.options().order() == Order.FORWARD) {
            order = null;
        } else {
            order = new int[Math.toIntExact(clusterCount)];
            launch.options().order().arrange(order, launch.options().seed());
        }
    }

    void run() {
        int workers = (int) Math.min(launch.options().effectiveWorkers(), clusterCount);
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
        Deque<Cluster> waiting = new ArrayDeque<>();
        Cluster free = null;
        try {
            while (failure.get() == null) {
                Cluster cluster = null;
                long ticket = next.get() < clusterCount ? next.getAndIncrement() : clusterCount;
                if (ticket < clusterCount) {
                    cluster = free != null ? free : new Cluster(launch);
                    free = null;
                    cluster.start(order == null ? ticket : order[(int) ticket]);
                } else {
                    cluster = waiting.poll();
                    if (cluster == null) {
                        return;
                    }
                }
                if (runPatiently(cluster)) {
                    free = cluster;
                } else {
                    waiting.add(cluster);
                }
            }
        } catch (Throwable thrown) { // handed to the launching thread, whatever it is
            failure.compareAndSet(null, thrown);
        }
    }

    private boolean runPatiently(Cluster cluster) {
        for (int round = 0; round < PATIENCE; round++) {
            if (cluster.advance()) {
                return true;
            }
            boolean waits = round >= PATIENCE_WITH_WAITING && cluster.maySpin();
            if (waits || failure.get() != null) {
                return false;
            }
        }
        return false;
    }
}

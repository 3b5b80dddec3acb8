package dev.gatun.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that share the parts of one task at a time; the caller is one of them. Between tasks the others
 * spin for a moment, because the next task of a decode step comes within microseconds, and then sleep. Running a task
 * allocates nothing.
 */
final class Team implements AutoCloseable {

    /** Work in independent parts. The result must not depend on who does which part, or in which order. */
    interface Task {
        /**
         * Does one part.
         *
         * @param worker number of the calling thread, below the team's size: selects scratch memory
         */
        void run(int part, int worker);
    }

    /** About 50 microseconds: longer than the serial stretches between two tasks of a decode step. */
    private static final int SPINS = 20_000;

    private final Thread[] workers;
    private final AtomicInteger nextPart = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicInteger generation = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Task task;
    private volatile int parts;

    /** @param size threads, the caller included */
    Team(int size) {
        this.workers = new Thread[size - 1];
        for (int i = 0; i < workers.length; i++) {
            int worker = i + 1;
            workers[i] =
                    Thread.ofPlatform().name("gatun-cpu-" + worker).daemon().unstarted(() -> work(worker));
        }
        for (Thread worker : workers) {
            worker.start();
        }
    }

    int size() {
        return workers.length + 1;
    }

    /** Runs all parts and returns when they are done; an exception of any part is thrown here. */
    void run(Task task, int parts) {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
        if (workers.length == 0 || parts == 1) {
            for (int part = 0; part < parts; part++) {
                task.run(part, 0);
            }
            return;
        }
        this.task = task;
        this.parts = parts;
        failure = null;
        nextPart.set(0);
        working.set(workers.length);
        generation.incrementAndGet(); // publishes all of the above
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        takeParts(task, parts, 0);
        while (working.get() != 0) {
            Thread.onSpinWait();
        }
        Throwable thrown = failure;
        if (thrown != null) {
            throw thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
        }
    }

    private void work(int worker) {
        int seen = 0;
        while (true) {
            int spins = 0;
            while (generation.get() == seen && !closed) {
                if (++spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            if (closed) {
                return;
            }
            seen = generation.get();
            Task current = task;
            if (current != null) {
                takeParts(current, parts, worker);
            }
            working.decrementAndGet();
        }
    }

    private void takeParts(Task task, int parts, int worker) {
        try {
            for (int part = nextPart.getAndIncrement(); part < parts; part = nextPart.getAndIncrement()) {
                task.run(part, worker);
            }
        } catch (Throwable e) {
            failure = e;
            nextPart.set(parts);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }
}

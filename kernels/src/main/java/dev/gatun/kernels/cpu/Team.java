package dev.gatun.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that share the parts of one task at a time; the caller is one of them. Between tasks the others
 * spin for a moment, because the next task of a decode step comes within microseconds, and then sleep. Running a task
 * allocates nothing.
 *
 * <p>Each thread begins with a range of neighbouring parts, which it takes in ascending order, so that what the parts read
 * stays one stream; whoever is done takes from the ranges of others. A task ends with its last part, not when all threads
 * have noticed it: one that the system has put aside holds up only the part it has taken.
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

    /** About half a millisecond: longer than the sampler takes between two decode steps. */
    private static final int SPINS = 20_000;

    /** About 25 microseconds: from then on the caller gives its processor to whoever needs it, maybe to a worker. */
    private static final int SPINS_BEFORE_YIELD = 1_000;

    /** Longs between two workers' counts: two cache lines, because the processor fetches them in pairs. */
    private static final int SLOT = 16;

    private final Thread[] workers;
    private final AtomicIntegerArray parked; // [workers], 1 for a worker that sleeps or is about to
    /** Of each worker's range: number of the task in the upper half, parts that nobody has taken in the lower. */
    private final AtomicLongArray open; // [size][SLOT]

    private final AtomicInteger unfinished = new AtomicInteger(); // parts
    private final AtomicInteger tasks = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Task task;
    private volatile int parts;

    /** @param size threads, the caller included */
    Team(int size) {
        this.workers = new Thread[size - 1];
        this.parked = new AtomicIntegerArray(size - 1);
        this.open = new AtomicLongArray(size * SLOT);
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
    @SuppressWarnings("ThreadPriorityCheck") // only speed depends on it
    void run(Task task, int parts) {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
        if (workers.length == 0 || parts <= 1) {
            for (int part = 0; part < parts; part++) {
                task.run(part, 0);
            }
            return;
        }
        this.task = task;
        this.parts = parts;
        failure = null;
        unfinished.set(parts);
        int number = tasks.get() + 1;
        for (int i = 0; i < size(); i++) {
            open.set(i * SLOT, (long) number << 32 | (end(i) - end(i - 1))); // publishes all of the above
        }
        tasks.set(number);
        wake();
        takeParts(0);
        for (int spins = 0; unfinished.get() != 0; spins++) {
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        Throwable thrown = failure;
        if (thrown != null) {
            throw thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
        }
    }

    private void wake() {
        for (int i = 0; i < workers.length; i++) {
            if (parked.get(i) != 0) {
                LockSupport.unpark(workers[i]);
            }
        }
    }

    /** Where the range of a worker ends, and the next one's begins. */
    private int end(int worker) {
        return (int) ((worker + 1L) * parts / size());
    }

    private boolean isIdle(int seen) {
        return tasks.get() == seen && !closed;
    }

    private void work(int worker) {
        while (!closed) {
            int seen = tasks.get();
            takeParts(worker);
            for (int spins = 0; spins < SPINS && isIdle(seen); spins++) {
                Thread.onSpinWait();
            }
            if (isIdle(seen)) {
                parked.set(worker - 1, 1);
                if (isIdle(seen)) { // or whoever has just published a task may not have seen that
                    LockSupport.park(this);
                }
                parked.set(worker - 1, 0);
            }
        }
    }

    /** Takes the parts of the worker's own range, then those of others, until none is left. */
    private void takeParts(int worker) {
        int size = size();
        for (int i = 0; i < size; i++) {
            takePartsOf((worker + i) % size, worker);
        }
    }

    /** Whoever has taken a part keeps its task, and the number of its parts, in place until it is finished. */
    private void takePartsOf(int range, int worker) {
        int slot = range * SLOT;
        for (long seen = open.get(slot); (int) seen != 0; seen = open.get(slot)) {
            if (open.compareAndSet(slot, seen, seen - 1)) {
                Task current = task;
                try {
                    if (current != null) {
                        current.run(end(range) - (int) seen, worker);
                    }
                } catch (Throwable e) {
                    failure = e;
                }
                unfinished.decrementAndGet();
            }
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

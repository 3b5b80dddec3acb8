package dev.gatun.runtime.engine;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.runtime.cache.KvCache;
import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.model.Transformer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Picks the rows of each step and runs it: one row of every sequence that decodes, with those of its guesses, and up to a
 * chunk of prompt tokens. Its thread owns backend, cache and jobs; the queue is the only thing it shares. A step allocates nothing.
 */
final class Scheduler implements Runnable {
    private final Transformer transformer;
    private final Backend backend;
    private final KvCache cache;
    private final Batch batch;
    private final int maxRunning;
    private final StepRows rows;
    private final @Nullable DraftModel draftModel;
    private final @Nullable Drafting drafting;
    private final float[] logits;
    private final MemorySegment logitsView;
    private final List<Job> running;

    private final Object lock = new Object();
    private final ArrayDeque<Job> waiting = new ArrayDeque<>();
    private final ArrayDeque<Evaluation> evaluations = new ArrayDeque<>();
    private boolean closed;
    private int runningCount;
    private int heldPages;

    /**
     * @param draftModel who guesses ahead, if anybody
     * @param context most tokens of one sequence
     * @param maxRunning most sequences at the same time
     * @param rows of a step
     */
    Scheduler(
            Arena arena,
            Transformer transformer,
            Backend backend,
            KvCache cache,
            @Nullable DraftModel draftModel,
            int context,
            int maxRunning,
            StepRows rows) {
        this.transformer = transformer;
        this.backend = backend;
        this.cache = cache;
        this.maxRunning = maxRunning;
        this.rows = rows;
        this.batch = new Batch(arena, rows.all(), maxRunning, KvPool.pagesFor(context));
        this.draftModel = draftModel;
        this.drafting = draftModel == null
                ? null
                : new Drafting(
                        draftModel,
                        backend,
                        batch,
                        rows.prompt(),
                        maxRunning,
                        transformer.config().vocabulary());
        this.logits = new float[transformer.config().vocabulary()];
        this.logitsView = MemorySegment.ofArray(logits);
        this.running = new ArrayList<>(maxRunning);
    }

    // ---- any thread

    void submit(Job job) {
        synchronized (lock) {
            requireOpen();
            waiting.add(job);
            lock.notifyAll();
        }
    }

    void submit(Evaluation evaluation) {
        synchronized (lock) {
            requireOpen();
            evaluations.add(evaluation);
            lock.notifyAll();
        }
    }

    /** Makes {@link #run} return after the step that is running. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    int waiting() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    int running() {
        synchronized (lock) {
            return runningCount;
        }
    }

    /** Pages held by the running sequences, as of the last step. */
    int heldPages() {
        synchronized (lock) {
            return heldPages;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
    }

    // ---- the engine's thread

    @Override
    public void run() {
        while (awaitWork()) {
            try {
                step();
            } catch (RuntimeException | Error e) {
                failAll(e);
            }
        }
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).end(FinishReason.CANCELLED);
            remove(i);
        }
        synchronized (lock) {
            waiting.forEach(job -> job.end(FinishReason.CANCELLED));
            waiting.forEach(Job::announce);
            waiting.clear();
            evaluations.forEach(Evaluation::cancel);
            evaluations.clear();
        }
    }

    private boolean awaitWork() {
        synchronized (lock) {
            while (!closed && running.isEmpty() && waiting.isEmpty() && evaluations.isEmpty()) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    closed = true; // nobody may wait for a thread that is gone
                }
            }
            return !closed;
        }
    }

    private void step() {
        Evaluation evaluation = admit();
        if (evaluation != null) {
            evaluation.run(transformer, backend, cache, batch, logits, logitsView);
            return;
        }
        if (drafting != null) {
            drafting.run(running);
        }
        long begin = System.nanoTime();
        batch.clear();
        int chunk = rows.prompt();
        int logitRoom = rows.promptLogits();
        for (int i = 0; i < running.size(); i++) {
            Job job = running.get(i);
            if (job.readsPrompt()) {
                int added = job.addTo(batch, Math.min(chunk, logitRoom));
                chunk -= added;
                logitRoom -= added;
            } else {
                chunk -= job.addTo(batch, chunk);
            }
        }
        if (batch.rows() == 0) {
            return;
        }
        transformer.forward(batch, cache.layers());
        chooseTokens(begin);
    }

    private void chooseTokens(long begin) {
        for (int i = running.size() - 1; i >= 0; i--) {
            Job job = running.get(i);
            try {
                chooseTokens(job, begin);
            } catch (RuntimeException e) {
                job.fail(e);
            }
            if (job.hasEnded()) {
                remove(i);
            } else if (job.width() > 1) {
                announce(job);
            }
        }
    }

    private void chooseTokens(Job job, long begin) {
        int row = job.logitRows() > 0 ? 0 : -1;
        if (row == 0) {
            backend.download(transformer.logits(job.logitIndex()), logitsView);
        }
        job.stepped(System.nanoTime() - begin);
        while (row >= 0) {
            if (row > 0) {
                backend.download(transformer.logits(job.logitIndex() + row), logitsView);
            }
            row = job.choose(row, logits);
        }
    }

    /** Lets waiting jobs in, in order, as far as their sequences have room, and cancelled ones out; an evaluation runs alone. */
    private @Nullable Evaluation admit() {
        for (int i = running.size() - 1; i >= 0; i--) {
            if (running.get(i).isCancelled()) {
                running.get(i).end(FinishReason.CANCELLED);
                remove(i);
            }
        }
        synchronized (lock) {
            while (!waiting.isEmpty()
                    && (waiting.element().isCancelled()
                            || width() + waiting.element().width() <= maxRunning)) {
                Job job = waiting.remove();
                if (job.isCancelled()) {
                    job.end(FinishReason.CANCELLED);
                    job.announce();
                } else {
                    job.start();
                    running.add(job);
                }
            }
            publishCounts();
            return running.isEmpty() ? evaluations.poll() : null;
        }
    }

    /** Takes an ended job out. Its readers learn of the end when its pages are seen to be free. */
    private void remove(int index) {
        announce(running.remove(index));
    }

    private void announce(Job job) {
        synchronized (lock) {
            publishCounts();
        }
        job.announce();
    }

    /** Sequences that the running jobs may have. */
    private int width() {
        int width = 0;
        for (int i = 0; i < running.size(); i++) {
            width += running.get(i).width();
        }
        return width;
    }

    private void failAll(Throwable cause) {
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).fail(cause);
            remove(i);
        }
    }

    private void publishCounts() {
        runningCount = width();
        heldPages = cache.pool().held()
                + (draftModel == null ? 0 : draftModel.pool().held());
    }
}

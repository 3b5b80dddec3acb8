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
 * chunk of prompt tokens.
 * Its thread owns backend, cache and sequences; the queue is the only thing it shares. A step allocates nothing.
 */
final class Scheduler implements Runnable {
    private final Transformer transformer;
    private final Backend backend;
    private final KvCache cache;
    private final Batch batch;
    private final int maxRunning;
    private final int prefillChunk;
    private final float[] logits;
    private final MemorySegment logitsView;
    private final List<Sequence> running;

    private final Object lock = new Object();
    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    private final ArrayDeque<Evaluation> evaluations = new ArrayDeque<>();
    private boolean closed;
    private int runningCount;
    private int heldPages;

    /**
     * @param context most tokens of one sequence
     * @param draftTokens most tokens that a sequence guesses ahead
     */
    Scheduler(
            Arena arena,
            Transformer transformer,
            Backend backend,
            KvCache cache,
            int context,
            int maxRunning,
            int prefillChunk,
            int draftTokens) {
        this.transformer = transformer;
        this.backend = backend;
        this.cache = cache;
        this.maxRunning = maxRunning;
        this.prefillChunk = prefillChunk;
        this.batch =
                new Batch(arena, prefillChunk + maxRunning * (1 + draftTokens), maxRunning, KvPool.pagesFor(context));
        this.logits = new float[transformer.config().vocabulary()];
        this.logitsView = MemorySegment.ofArray(logits);
        this.running = new ArrayList<>(maxRunning);
    }

    // ---- any thread

    void submit(Sequence sequence) {
        synchronized (lock) {
            requireOpen();
            waiting.add(sequence);
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
            waiting.forEach(sequence -> sequence.end(FinishReason.CANCELLED));
            waiting.forEach(Sequence::announce);
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
        long begin = System.nanoTime();
        batch.clear();
        int chunk = prefillChunk;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            boolean newest = sequence.pending() == 1;
            int rows = sequence.addTo(batch, chunk);
            chunk -= newest ? 0 : rows;
        }
        if (batch.rows() == 0) {
            return;
        }
        transformer.forward(batch, cache.layers());
        chooseTokens(begin);
    }

    private void chooseTokens(long begin) {
        for (int i = running.size() - 1; i >= 0; i--) {
            Sequence sequence = running.get(i);
            try {
                int index = sequence.logitIndex();
                if (index >= 0) {
                    backend.download(transformer.logits(index), logitsView);
                }
                sequence.stepped(System.nanoTime() - begin);
                while (index >= 0 && sequence.choose(logits)) {
                    backend.download(transformer.logits(++index), logitsView);
                }
            } catch (RuntimeException e) {
                sequence.fail(e);
            }
            if (sequence.hasEnded()) {
                remove(i);
            }
        }
    }

    /** Lets waiting sequences in and cancelled ones out; an evaluation runs alone. */
    private @Nullable Evaluation admit() {
        for (int i = running.size() - 1; i >= 0; i--) {
            if (running.get(i).isCancelled()) {
                running.get(i).end(FinishReason.CANCELLED);
                remove(i);
            }
        }
        synchronized (lock) {
            while (running.size() < maxRunning && !waiting.isEmpty()) {
                Sequence sequence = waiting.remove();
                if (sequence.isCancelled()) {
                    sequence.end(FinishReason.CANCELLED);
                    sequence.announce();
                } else {
                    sequence.start();
                    running.add(sequence);
                }
            }
            publishCounts();
            return running.isEmpty() ? evaluations.poll() : null;
        }
    }

    /** Takes an ended sequence out. Its readers learn of the end when its pages are seen to be free. */
    private void remove(int index) {
        Sequence sequence = running.remove(index);
        synchronized (lock) {
            publishCounts();
        }
        sequence.announce();
    }

    private void failAll(Throwable cause) {
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).fail(cause);
            remove(i);
        }
    }

    private void publishCounts() {
        runningCount = running.size();
        heldPages = cache.pool().held();
    }
}

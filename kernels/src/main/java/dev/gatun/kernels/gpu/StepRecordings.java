package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Batch;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Shapes;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.device.Recording;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decode steps that were met before, each recorded once and replayed: what differs between them lies in the step block, all
 * else in the recorded launches.
 *
 * <p>Steps are the same when they run the same operations on as many rows, of which as many want logits, and attention
 * splits their contexts alike. The first such step only runs, so that kernels are loaded and memory has its size; the second
 * is recorded.
 *
 * <p>A recording points to memory: it is forgotten when the step block moves, and scratch memory that was outgrown stays
 * until its backend closes.
 */
final class StepRecordings {
    /** Most rows of a step that is worth recording: prefill chunks are of many sizes and long. */
    static final int MAX_ROWS = 16;

    /** Most recordings kept; the oldest goes. */
    static final int CAPACITY = 64;

    private final Device device;
    private final StepBlock step;
    private final List<Met> met = new ArrayList<>();
    private long moves;
    private int tokens;
    private int pages;

    StepRecordings(Device device, StepBlock step) {
        this.device = device;
        this.step = step;
    }

    /** Runs {@code operations} on {@code batch}, which is on the device already. */
    void run(Batch batch, Runnable operations) {
        if (batch.rows() > MAX_ROWS || step.tiles() != batch.rows()) {
            operations.run();
            return;
        }
        if (moves != step.moves()) {
            met.clear();
            moves = step.moves();
        }
        int splits = Attention.splits(step.lastPosition());
        Met known = find(batch, operations, splits);
        if (known == null) {
            tokens = Integer.MAX_VALUE;
            pages = Integer.MAX_VALUE;
            operations.run();
            if (met.size() == CAPACITY) {
                met.removeFirst();
            }
            met.add(new Met(operations, batch.rows(), batch.logitRows(), splits, tokens, pages));
            return;
        }
        Shapes.step(batch, known.tokens, known.pages);
        Recording recording = known.recording;
        if (recording == null) {
            recording = device.record(operations);
            known.recording = recording;
        }
        device.replay(recording);
    }

    /** Notes that the step that runs looks tokens up in {@code table}: what a replayed step may hold. */
    void embeds(Tensor table) {
        tokens = Math.min(tokens, table.rows());
    }

    /** Notes that the step that runs uses {@code layer}: what pages a replayed step may name. */
    void caches(KvLayer layer) {
        pages = Math.min(pages, layer.pages());
    }

    @SuppressWarnings("ReferenceEquality") // the contract of Backend.step: the same object makes the same calls
    private @Nullable Met find(Batch batch, Runnable operations, int splits) {
        for (int i = 0; i < met.size(); i++) {
            Met candidate = met.get(i);
            if (candidate.operations == operations
                    && candidate.rows == batch.rows()
                    && candidate.logitRows == batch.logitRows()
                    && candidate.splits == splits) {
                return candidate;
            }
        }
        return null;
    }

    private static final class Met {
        final Runnable operations;
        final int rows;
        final int logitRows;
        final int splits;
        final int tokens;
        final int pages;

        @Nullable
        Recording recording;

        Met(Runnable operations, int rows, int logitRows, int splits, int tokens, int pages) {
            this.operations = operations;
            this.rows = rows;
            this.logitRows = logitRows;
            this.splits = splits;
            this.tokens = tokens;
            this.pages = pages;
        }
    }
}

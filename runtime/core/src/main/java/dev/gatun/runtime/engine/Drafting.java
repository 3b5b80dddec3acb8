package dev.gatun.runtime.engine;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Guesses how sequences go on, before each step: some passes of the draft model, each with a row of every sequence that wants
 * a guess more, and with what it has not seen yet of prompts and of tokens that were chosen otherwise.
 *
 * <p>A guess is what the sequence's own sampler makes of the draft model's law with the random number that will choose from
 * the model's law. The model's choice counts, whatever the guess was; so tokens are the same, one by one, as without guesses,
 * and where both laws are alike so are the choices (Leviathan et al., "Fast inference from transformers via speculative
 * decoding", 2023, accept a guess with another random number instead, which gives the same law but other tokens). Allocates
 * nothing.
 */
final class Drafting {
    private final DraftModel model;
    private final Backend backend;
    private final Batch batch;
    private final int chunk;
    private final float[] logits; // as many as the longer of both vocabularies
    private final MemorySegment logitsView;
    private final @Nullable Sequence[] sequences;
    private final @Nullable Meter[] meters;
    private final int[] wanted; // [sequence], guesses in this step
    private final int[] ends; // [sequence], tokens that the pass has rows for
    private int count;

    /**
     * @param batch is filled anew for each pass
     * @param chunk most rows of a pass besides one a sequence
     * @param mostSequences that run at the same time
     * @param vocabulary tokens of the model that have a logit
     */
    Drafting(DraftModel model, Backend backend, Batch batch, int chunk, int mostSequences, int vocabulary) {
        this.model = model;
        this.backend = backend;
        this.batch = batch;
        this.chunk = chunk;
        this.logits = new float[Math.max(vocabulary, model.vocabulary())];
        this.logitsView = MemorySegment.ofArray(logits).asSlice(0, (long) Float.BYTES * model.vocabulary());
        Arrays.fill(logits, Float.NEGATIVE_INFINITY); // what the draft model does not know it does not propose
        this.sequences = new Sequence[mostSequences];
        this.meters = new Meter[mostSequences];
        this.wanted = new int[mostSequences];
        this.ends = new int[mostSequences];
    }

    /** Computes what is known of a sequence whose prompt is being computed, a chunk in a step. */
    void keepUp(Sequence sequence, Meter meter) {
        add(sequence, meter, 0);
    }

    /** Guesses how a sequence goes on. */
    void guess(Sequence sequence, Meter meter) {
        int room = draft(sequence).capacity() - sequence.strand().length();
        add(sequence, meter, Math.clamp(room, 0, sequence.mostGuesses()));
    }

    private void add(Sequence sequence, Meter meter, int guesses) {
        Strand strand = sequence.strand();
        strand.forgetGuesses();
        draft(sequence).publish(strand.tokens(), strand.length());
        sequences[count] = sequence;
        meters[count] = meter;
        wanted[count++] = guesses;
    }

    /** Makes the guesses of all jobs. */
    void run(List<Job> jobs) {
        count = 0;
        for (int i = 0; i < jobs.size(); i++) {
            jobs.get(i).follow(this);
        }
        boolean first = true;
        while (count > 0 && pass(first)) {
            first = false;
        }
        Arrays.fill(sequences, null);
        Arrays.fill(meters, null);
    }

    /** Runs one pass; returns false if nothing was left to do. */
    private boolean pass(boolean keepsUp) {
        long begin = System.nanoTime();
        batch.clear();
        int room = chunk;
        for (int i = 0; i < count; i++) {
            Strand strand = sequence(i).strand();
            DraftStrand draft = draft(sequence(i));
            int known = Math.min(draft.capacity(), strand.length() + strand.guessed());
            boolean guesses = strand.guessed() < wanted[i];
            int rows = guesses || keepsUp ? Math.min(known - draft.computed(), guesses ? room + 1 : room) : 0;
            ends[i] = draft.computed() + Math.max(0, rows);
            if (rows > 0) {
                room -= guesses ? rows - 1 : rows;
                draft.addTo(batch, strand.tokens(), ends[i], guesses && ends[i] == known);
            }
        }
        if (batch.rows() == 0) {
            return false;
        }
        model.forward(batch);
        guess();
        count(System.nanoTime() - begin);
        return true;
    }

    /** Reads the guesses of the pass. */
    private void guess() {
        int logitIndex = 0;
        for (int i = 0; i < count; i++) {
            Strand strand = sequence(i).strand();
            DraftStrand draft = draft(sequence(i));
            boolean stepped = ends[i] > draft.computed();
            boolean reachesEnd = ends[i] == strand.length() + strand.guessed();
            if (stepped && reachesEnd && strand.guessed() < wanted[i]) {
                backend.download(model.logits(logitIndex++), logitsView);
                int token = sequence(i).propose(logits);
                if (token < 0) {
                    wanted[i] = strand.guessed(); // it would be an end, or nothing may be chosen
                } else {
                    strand.guess(token);
                }
            }
        }
    }

    private void count(long nanos) {
        for (int i = 0; i < count; ) {
            Meter meter = meters[i];
            int rows = 0;
            int pages = 0;
            for (; i < count && meters[i] == meter; i++) {
                DraftStrand draft = draft(sequence(i));
                rows += ends[i] - draft.computed();
                draft.stepped(ends[i]);
                pages += draft.pages().count();
            }
            if (meter != null && rows > 0) {
                meter.draftStep(rows, nanos, pages);
            }
        }
    }

    private Sequence sequence(int index) {
        return Objects.requireNonNull(sequences[index]);
    }

    private static DraftStrand draft(Sequence sequence) {
        return Objects.requireNonNull(sequence.strand().draft());
    }
}

package dev.gatun.runtime.engine;

import dev.gatun.kernels.Batch;
import dev.gatun.runtime.cache.PageCopy;
import dev.gatun.sampler.SamplingParams;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One or several continuations of a prompt, sampled independently: the prompt is computed once, the others fork from the
 * first when its logits are there, and draw with their own random numbers from the first token on.
 */
final class SamplingJob extends Job {
    private final Sequence[] sequences;
    private final @Nullable Strand guide; // of the first
    private final int guideLength; // of its prompt
    private final Sequence[] stepping; // those with a row in the step that runs
    private final int tokenLimit;
    private final Outcome outcome;
    private final PageCopy copy;
    private int steppingCount;
    private int current; // of those, whose rows are being read

    /**
     * @param negative the prompt that guidance leads away from, if there is guidance
     * @param count continuations to sample
     * @param answers how many of them to return: if fewer, those of the highest sum of log-probabilities
     * @param promptMost how many of the best tokens to report at each place of the prompt, if any
     * @param watch who is shown each choice, if anybody
     */
    SamplingJob(
            int[] prompt,
            int @Nullable [] negative,
            SamplingParams sampling,
            int count,
            int answers,
            OptionalInt promptMost,
            @Nullable ChoiceWatch watch,
            long seed,
            Surroundings surroundings) {
        super(prompt.length, promptMost, surroundings);
        int most = sampling.maxTokens().orElse(surroundings.context());
        this.guideLength = negative == null ? 0 : negative.length;
        int room =
                surroundings.limit(Math.max(prompt.length, guideLength), most) - Math.max(prompt.length, guideLength);
        this.tokenLimit = prompt.length + room;
        float[] guideLogits = new float[negative == null ? 0 : surroundings.vocabulary()];
        Guide firstGuide = null;
        boolean ranked = answers < count;
        this.sequences = new Sequence[count];
        for (int i = 0; i < count; i++) {
            Guide each =
                    negative == null ? null : new Guide(surroundings.cache().pool(), guideLength + room, guideLogits);
            firstGuide = i == 0 ? each : firstGuide;
            sequences[i] = new Sequence(prompt, each, sampling, tokenLimit, seed, i, ranked, watch, surroundings);
        }
        sequences[0].strand().add(prompt);
        this.guide = firstGuide == null ? null : firstGuide.strand();
        if (guide != null && negative != null) {
            guide.add(negative);
        }
        this.stepping = new Sequence[count];
        this.outcome =
                new Outcome(Arrays.stream(sequences).map(Sequence::output).toArray(Output[]::new), answers, ranked);
        this.copy = (source, target) -> surroundings.cache().copyPage(surroundings.backend(), source, target);
    }

    // ---- any thread

    @Override
    int width() {
        return guide == null ? sequences.length : 2 * sequences.length;
    }

    @Override
    Outcome outcome() {
        return outcome;
    }

    @Override
    Strand first() {
        return sequences[0].strand();
    }

    @Override
    int[] prompt() {
        return sequences[0].strand().firstTokens(promptLength);
    }

    // ---- the engine's thread

    @Override
    void adopt() {
        if (guide != null) {
            guide.adopt(guideLength - 1);
        }
    }

    @Override
    void follow(Drafting drafting) {
        if (sequences[0].strand().draft() == null) {
            return;
        }
        if (!decoding) {
            drafting.keepUp(sequences[0], meter);
            return;
        }
        for (Sequence sequence : sequences) {
            if (!sequence.hasEnded()) {
                drafting.guess(sequence, meter);
            }
        }
    }

    @Override
    int addTo(Batch batch, int limit) {
        steppingCount = 0;
        current = 0;
        if (!decoding) {
            stepping[steppingCount++] = sequences[0];
            return sequences[0].addPromptTo(batch, limit, readsPrompt() ? 0 : promptLength);
        }
        int forced = 0;
        for (Sequence sequence : sequences) {
            if (!sequence.hasEnded()) {
                sequence.guess();
                forced += sequence.addTo(batch, limit - forced);
                stepping[steppingCount++] = sequence;
            }
        }
        skipWithoutLogits();
        return forced;
    }

    /** Passes over sequences whose newest token is not in the step. */
    private void skipWithoutLogits() {
        while (current < steppingCount && stepping[current].logitRows() == 0) {
            current++;
        }
    }

    @Override
    int logitIndex() {
        return stepping[0].logitIndex();
    }

    @Override
    int logitRows() {
        int rows = 0;
        for (int i = 0; i < steppingCount; i++) {
            rows += stepping[i].logitRows();
        }
        return rows;
    }

    @Override
    void stepped(long nanos) {
        int guessed = 0;
        int rows = 0;
        for (int i = 0; i < steppingCount; i++) {
            stepping[i].stepped();
            guessed += stepping[i].strand().guessed();
            rows += stepping[i].stepRows();
        }
        if (decoding) {
            meter.decodeStep(rows - guessed, guessed, nanos, pages());
        } else if (rows > 0) {
            meter.prefillStep(rows, nanos, pages());
        }
    }

    private int pages() {
        if (width() == 1) {
            return sequences[0].strand().pages().count();
        }
        census.begin();
        for (Sequence sequence : sequences) {
            sequence.count(census);
        }
        return census.count();
    }

    @Override
    int choose(int row, float[] logits) {
        if (decoding) {
            return continueOne(row, logits);
        }
        Strand first = sequences[0].strand();
        int guideRows = sequences[0].guideRows();
        int following = row + 1 < sequences[0].logitRows() ? row + 1 : -1;
        if (row < guideRows) {
            sequences[0].readGuide(logits);
            return following;
        }
        int position = first.computed() - first.logitRows() + row - guideRows;
        if (position + 1 < promptLength) {
            report.read(logits, first.token(position + 1));
            return following;
        }
        if (tokenLimit == promptLength) {
            end(FinishReason.LENGTH);
            return -1;
        }
        decoding = true;
        for (int i = 1; i < sequences.length; i++) {
            sequences[i].fork(sequences[0], copy);
        }
        int forced = 0;
        for (Sequence sequence : sequences) {
            sequence.choose(logits);
            forced += Math.max(0, sequence.strand().length() - promptLength - 1);
        }
        meter.tokens(sequences.length);
        if (forced > 0) {
            meter.tokens(forced);
        }
        return -1;
    }

    private int continueOne(int row, float[] logits) {
        if (row < stepping[current].logitIndex() - logitIndex() + stepping[current].guideRows()) {
            stepping[current].readGuide(logits);
            return row + 1;
        }
        Strand strand = stepping[current].strand();
        int before = strand.length();
        boolean right = stepping[current].choose(logits);
        meter.tokens(Math.max(1, strand.length() - before));
        if (right) {
            meter.accepted();
            return row + 1;
        }
        current++;
        skipWithoutLogits();
        return current < steppingCount ? stepping[current].logitIndex() - logitIndex() : -1;
    }

    @Override
    void end(FinishReason reason) {
        for (Sequence sequence : sequences) {
            if (!sequence.hasEnded()) {
                sequence.end(reason);
            }
        }
    }

    @Override
    void fail(Throwable cause) {
        for (Sequence sequence : sequences) {
            if (!sequence.hasEnded()) {
                sequence.fail(cause);
            }
        }
    }

    @Override
    boolean hasEnded() {
        for (Sequence sequence : sequences) {
            if (!sequence.hasEnded()) {
                return false;
            }
        }
        return true;
    }

    @Override
    void announce() {
        for (Sequence sequence : sequences) {
            sequence.announce();
        }
    }
}

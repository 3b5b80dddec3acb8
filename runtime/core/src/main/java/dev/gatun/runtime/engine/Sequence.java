package dev.gatun.runtime.engine;

import dev.gatun.kernels.Batch;
import dev.gatun.runtime.cache.PageCopy;
import dev.gatun.sampler.Explanation;
import dev.gatun.sampler.Logprobs;
import dev.gatun.sampler.Sampler;
import dev.gatun.sampler.SamplingParams;
import org.jspecify.annotations.Nullable;

/** One of the continuations of a prompt that are sampled token by token: its strand, sampler and output. */
final class Sequence {
    private final Strand strand;
    private final @Nullable Guide guide;
    private final int promptLength;
    private final int tokenLimit;
    private final Sampler sampler;
    private final @Nullable Logprobs logprobs;
    private final int draftTokens;
    private final boolean looksUp;
    private final @Nullable ChoiceWatch watch;
    private final TextStream text;
    private final Output output;
    private double score; // sum of log-probabilities
    private @Nullable FinishReason ended;
    private @Nullable Throwable failure;
    private boolean announced;

    /**
     * @param guide what it is led away from, if it is guided
     * @param tokenLimit most tokens, prompt included
     * @param seed used when {@code sampling} names none
     * @param index which of the continuations it is
     * @param scored whether the sum of log-probabilities is wanted, though they themselves may not be
     * @param watch who is shown each choice, if anybody
     */
    Sequence(
            int[] prompt,
            @Nullable Guide guide,
            SamplingParams sampling,
            int tokenLimit,
            long seed,
            int index,
            boolean scored,
            @Nullable ChoiceWatch watch,
            Surroundings surroundings) {
        this.watch = watch;
        this.guide = guide;
        // What a constraint forces needs no guess, and would stand where guesses do. A processor of others may count
        // how often
        // it is called, and a draft model's guess would call it once more.
        boolean guesses = sampling.constraint().isEmpty()
                && guide == null
                && (surroundings.draftModel() == null || sampling.processors().isEmpty());
        this.draftTokens = guesses ? surroundings.draftTokens() : 0;
        this.promptLength = prompt.length;
        this.tokenLimit = tokenLimit;
        this.strand = new Strand(surroundings.cache().pool(), tokenLimit, guesses ? surroundings.draftModel() : null);
        this.looksUp = surroundings.draftModel() == null;
        boolean reports = sampling.logprobs().isPresent();
        SamplingParams reporting =
                reports || !scored ? sampling : sampling.toBuilder().logprobs(0).build();
        this.sampler = new Sampler(
                reporting,
                surroundings.vocabulary(),
                surroundings.tokenizer().endOfGeneration(),
                seed,
                index,
                surroundings.texts().of(sampling));
        this.sampler.prompt(prompt, prompt.length);
        this.logprobs = sampler.logprobs().orElse(null);
        int room = tokenLimit - prompt.length;
        this.output =
                new Output(room, reports ? LogprobLog.of(sampling.logprobs().getAsInt(), room) : LogprobLog.none());
        this.text = new TextStream(surroundings.tokenizer(), sampling, output::append);
    }

    Output output() {
        return output;
    }

    Strand strand() {
        return strand;
    }

    /** Adds its rows to a step that decodes: the guide's first. Returns how much of {@code limit} the forced ones took. */
    int addTo(Batch batch, int limit) {
        if (guide == null) {
            strand.addTo(batch, 1 + limit, Integer.MAX_VALUE);
            return strand.stepRows() - strand.guessed() - 1;
        }
        int each = 1 + limit / 2; // both stay in step
        return guide.strand().addTo(batch, each, Integer.MAX_VALUE) + strand.addTo(batch, each, Integer.MAX_VALUE) - 2;
    }

    /** Adds rows of the prompt to the step: those of the guide's prompt first. Returns how many. */
    int addPromptTo(Batch batch, int limit, int logitsFrom) {
        if (guide == null) {
            return strand.addTo(batch, limit, logitsFrom);
        }
        int rows = guide.strand().addTo(batch, limit, Integer.MAX_VALUE);
        boolean isRead = guide.strand().computed() + rows == guide.strand().length();
        return rows + strand.addTo(batch, isRead ? limit - rows : 0, logitsFrom);
    }

    /** Rows in the step that runs. */
    int stepRows() {
        return strand.stepRows() + (guide == null ? 0 : guide.strand().stepRows());
    }

    /** The first of the step's logits rows that are its own. */
    int logitIndex() {
        return guideRows() > 0 && guide != null ? guide.strand().logitIndex() : strand.logitIndex();
    }

    /** How many of the step's logits rows are its own: the guide's, and then those it chooses from. */
    int logitRows() {
        return guideRows() + strand.logitRows();
    }

    /** How many of its logits rows are the guide's, which are read first. */
    int guideRows() {
        return guide == null ? 0 : guide.strand().logitRows();
    }

    /** Keeps the guide's logits for the choice that follows. */
    void readGuide(float[] logits) {
        if (guide != null) {
            guide.read(logits);
        }
    }

    /** Called when the step's keys and values are in the cache. */
    void stepped() {
        strand.stepped();
        if (guide != null) {
            guide.strand().stepped();
        }
    }

    /** Goes on from where {@code parent} stands. */
    void fork(Sequence parent, PageCopy copy) {
        strand.fork(parent.strand, copy);
        if (guide != null && parent.guide != null) {
            guide.strand().fork(parent.guide.strand(), copy);
        }
    }

    void count(PageCensus census) {
        census.add(strand.pages());
        if (guide != null) {
            census.add(guide.strand().pages());
        }
    }

    /**
     * Chooses the next token and hands its text on; ends the sequence if that was its last.
     *
     * @param logits one a vocabulary entry; the same on return
     * @return whether the token had been guessed, so that the next logits row of the step is what follows it
     */
    boolean choose(float[] logits) {
        if (strand.length() == promptLength && addForced()) {
            return false;
        }
        int token = watch == null ? next(logits) : watchedChoice(watch, logits);
        if (logprobs != null) {
            score += logprobs.logprob();
            output.score(score);
        }
        if (sampler.isEnd(token)) {
            end(FinishReason.STOP);
            return false;
        }
        boolean right = strand.confirm(token);
        lead(token);
        if (logprobs != null) {
            output.logprobs().add(logprobs);
        }
        show(token);
        addForced();
        return right && !hasEnded();
    }

    /**
     * Adds the tokens that a constraint leaves no choice about, all of which the next step computes, or ends the sequence if
     * nothing may follow. Returns whether it did anything.
     */
    private boolean addForced() {
        int before = strand.length();
        while (ended == null) {
            if (sampler.isComplete()) {
                end(FinishReason.STOP);
                return true;
            }
            int token = sampler.forced();
            if (token < 0) {
                return strand.length() > before;
            }
            strand.add(token);
            lead(token);
            show(token);
        }
        return true;
    }

    /** Hands the newest token on, and ends the sequence if that was its last. */
    private void show(int token) {
        output.token(token);
        if (text.accept(token)) {
            end(FinishReason.STOP);
        } else if (strand.length() == tokenLimit) {
            end(FinishReason.LENGTH);
        }
    }

    private void lead(int token) {
        if (guide != null) {
            guide.strand().add(token);
        }
    }

    private int next(float[] logits) {
        return guide == null ? sampler.next(logits) : sampler.next(logits, guide.logits());
    }

    private int watchedChoice(ChoiceWatch watch, float[] logits) {
        Explanation explanation = guide == null
                ? sampler.explain(logits, watch.candidates())
                : sampler.explain(logits, guide.logits(), watch.candidates());
        int token = next(logits);
        watch.watcher().accept(new Choice(token, sampler.isEnd(token), strand.guesses(), explanation));
        return token;
    }

    /** Looks up how it goes on, for the next step to try, unless a draft model has guessed. */
    void guess() {
        if (looksUp) {
            strand.lookUp(mostGuesses());
        }
    }

    /** The most tokens to guess for the next step. */
    int mostGuesses() {
        return Math.max(0, Math.min(draftTokens, tokenLimit - strand.length() - 1));
    }

    /**
     * What would be chosen behind the guesses so far if a row of the draft model's were the model's own; with the same random
     * number as will choose from the model's.
     */
    int propose(float[] row) {
        return sampler.propose(row, strand.guessed());
    }

    /** Gives the pages back; readers learn of the end by {@link #announce}. */
    void end(FinishReason reason) {
        text.finish();
        release();
        ended = reason;
    }

    /** Ends with {@link FinishReason#ERROR}; otherwise as {@link #end}. */
    void fail(Throwable cause) {
        release();
        ended = FinishReason.ERROR;
        failure = cause;
    }

    private void release() {
        strand.release();
        if (guide != null) {
            guide.strand().release();
        }
    }

    boolean hasEnded() {
        return ended != null;
    }

    /** Tells the readers that it has ended. */
    void announce() {
        if (ended != null && !announced) {
            announced = true;
            output.finish(ended, failure);
        }
    }
}

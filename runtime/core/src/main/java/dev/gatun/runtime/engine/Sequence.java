package dev.gatun.runtime.engine;

import dev.gatun.kernels.Batch;
import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.cache.PageTable;
import dev.gatun.runtime.token.Tokenizer;
import dev.gatun.sampler.Explanation;
import dev.gatun.sampler.Sampler;
import dev.gatun.sampler.SamplingParams;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: its tokens, how many of them are in the cache, its pages, sampler and output.
 *
 * <p>Prefill and decode are one thing here: the tokens that are known but not computed yet become rows. The last known
 * token's row asks for logits.
 */
final class Sequence {
    private final int[] tokens; // prompt, then what was generated
    private final int promptLength;
    private final int tokenLimit;
    private final int draftTokens;
    private final Sampler sampler;
    private final TextStream text;
    private final Output output;
    private final Meter meter;
    private final @Nullable ChoiceWatch watch;
    private final long weightByteSize;
    private final long pageByteSize;
    private final PageTable pages;
    private int length; // known tokens
    private int computed; // tokens whose keys and values are in the cache
    private int guessed; // tokens behind the known ones that the step tries
    private int stepRows; // rows in the step that runs
    private int logitIndex; // of the first of those rows' logits, or -1
    private @Nullable FinishReason ended;
    private @Nullable Throwable failure;
    private volatile boolean cancelled;

    /**
     * @param context most tokens, prompt included; more than the prompt has
     * @param draftTokens most tokens that are guessed ahead in a step
     * @param seed used when {@code sampling} names none
     */
    Sequence(
            int[] prompt,
            SamplingParams sampling,
            int context,
            int draftTokens,
            long seed,
            Tokenizer tokenizer,
            TokenTexts texts,
            int vocabulary,
            @Nullable ChoiceWatch watch,
            KvPool pool,
            long pageByteSize,
            long weightByteSize) {
        this.promptLength = prompt.length;
        long asked = (long) prompt.length + sampling.maxTokens().orElse(context);
        this.tokenLimit = (int) Math.min(context, asked);
        // What a constraint forces needs no guess, and would stand where guesses do.
        this.draftTokens = sampling.constraint().isPresent() ? 0 : draftTokens;
        this.tokens = Arrays.copyOf(prompt, tokenLimit);
        this.length = prompt.length;
        this.sampler = new Sampler(sampling, vocabulary, tokenizer.endOfGeneration(), seed, 0, texts.of(sampling));
        this.sampler.prompt(prompt, prompt.length);
        this.output = new Output(tokenLimit - promptLength);
        this.text = new TextStream(tokenizer, sampling, output);
        this.meter = new Meter(prompt.length);
        this.pages = new PageTable(pool, KvPool.pagesFor(tokenLimit));
        this.watch = watch;
        this.pageByteSize = pageByteSize;
        this.weightByteSize = weightByteSize;
    }

    // ---- any thread

    Output output() {
        return output;
    }

    int[] prompt() {
        return Arrays.copyOf(tokens, promptLength);
    }

    void cancel() {
        cancelled = true;
    }

    GenerationMetrics metrics() {
        return meter.read(weightByteSize, pageByteSize);
    }

    // ---- the engine's thread

    /** Takes over what the cache knows of the prompt; at least the last token is computed, for its logits. */
    void start() {
        computed = pages.adopt(tokens, promptLength - 1);
        meter.started(computed);
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Whether the prompt is computed. */
    boolean isDecoding() {
        return length > promptLength;
    }

    /** Tokens that are known and not computed yet. */
    int pending() {
        return length - computed;
    }

    /** Adds rows to the step: the newest token's with those of guesses, or at most {@code limit} of several. */
    int addTo(Batch batch, int limit) {
        boolean newest = pending() == 1;
        int most = Math.min(draftTokens, tokenLimit - length - 1);
        guessed = newest && isDecoding() ? PromptLookup.guess(tokens, length, most) : 0;
        stepRows = newest ? 1 + guessed : Math.min(limit, pending());
        logitIndex = -1;
        if (stepRows > 0) {
            pages.reserve(computed + stepRows);
            int slot = batch.addSequence(pages.pages(), pages.count());
            for (int position = computed; position < computed + stepRows; position++) {
                boolean wantsLogits = position + 1 >= length;
                if (wantsLogits && logitIndex < 0) {
                    logitIndex = batch.logitRows();
                }
                batch.add(tokens[position], position, slot, wantsLogits);
            }
        }
        return stepRows;
    }

    /** Which logits row of the step is this sequence's first, or -1. */
    int logitIndex() {
        return logitIndex;
    }

    /** Called when the step's keys and values are in the cache. */
    void stepped(long nanos) {
        if (stepRows > 0) {
            if (isDecoding()) {
                meter.decodeStep(nanos, pages.count(), guessed);
            } else {
                meter.prefillStep(stepRows, nanos, pages.count());
            }
            computed += stepRows - guessed; // keys and values of guesses count when they have proved right
            pages.publish(tokens, computed);
        }
    }

    /**
     * Chooses the next token and hands its text on; ends the sequence if that was its last.
     *
     * @param logits one a vocabulary entry, overwritten
     * @return whether the token had been guessed, so that the next logits row of the step is what follows it
     */
    boolean choose(float[] logits) {
        if (length == promptLength && addForced()) {
            return false;
        }
        int token = watch == null ? sampler.next(logits) : watchedChoice(watch, logits);
        meter.token();
        if (sampler.isEnd(token)) {
            end(FinishReason.STOP);
            return false;
        }
        boolean right = guessed > 0 && tokens[length] == token;
        if (right) {
            guessed--;
            computed++;
            meter.accepted();
        }
        add(token);
        addForced();
        return right && !hasEnded();
    }

    /**
     * Adds the tokens that a constraint leaves no choice about, all of which the next step computes, or ends the sequence if
     * nothing may follow. Returns whether it did anything.
     */
    private boolean addForced() {
        int before = length;
        while (ended == null) {
            if (sampler.isComplete()) {
                end(FinishReason.STOP);
                return true;
            }
            int token = sampler.forced();
            if (token < 0) {
                return length > before;
            }
            meter.token();
            add(token);
        }
        return true;
    }

    private void add(int token) {
        tokens[length++] = token;
        output.token(token);
        if (text.accept(token)) {
            end(FinishReason.STOP);
        } else if (length == tokenLimit) {
            end(FinishReason.LENGTH);
        }
    }

    private int watchedChoice(ChoiceWatch watch, float[] logits) {
        Explanation explanation = sampler.explain(logits, watch.candidates());
        int token = sampler.next(logits);
        watch.watcher().accept(new Choice(token, sampler.isEnd(token), explanation));
        return token;
    }

    /** Gives the pages back; readers learn of the end by {@link #announce}. */
    void end(FinishReason reason) {
        text.finish();
        pages.release();
        ended = reason;
    }

    /** Ends with {@link FinishReason#ERROR}; otherwise as {@link #end}. */
    void fail(Throwable cause) {
        pages.release();
        ended = FinishReason.ERROR;
        failure = cause;
    }

    boolean hasEnded() {
        return ended != null;
    }

    /** Tells the readers that it has ended. */
    void announce() {
        if (ended != null) {
            output.finish(ended, failure);
        }
    }
}

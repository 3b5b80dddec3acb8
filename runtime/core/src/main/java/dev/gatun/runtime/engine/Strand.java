package dev.gatun.runtime.engine;

import dev.gatun.kernels.Batch;
import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.cache.PageCopy;
import dev.gatun.runtime.cache.PageTable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one sequence, how many of them are in the cache, and its pages.
 *
 * <p>Prefill and decode are one thing here: the tokens that are known but not computed yet become rows. The last known
 * token's row asks for logits.
 */
final class Strand {
    private final int[] tokens;
    private final PageTable pages;
    private final @Nullable DraftStrand draft; // what a draft model knows of it
    private int length; // known tokens
    private int computed; // tokens whose keys and values are in the cache
    private int guessed; // tokens behind the known ones that the step tries
    private int stepRows; // rows in the step that runs
    private int logitIndex; // of the first logits row of those rows
    private int logitRows;

    /** An empty one with room for {@code capacity} tokens. */
    Strand(KvPool pool, int capacity) {
        this(pool, capacity, null);
    }

    /** An empty one with room for {@code capacity} tokens that a draft model follows, if there is one. */
    Strand(KvPool pool, int capacity, @Nullable DraftModel draftModel) {
        this.draft = draftModel == null ? null : draftModel.strand(capacity);
        this.tokens = new int[capacity];
        this.pages = new PageTable(pool, KvPool.pagesFor(capacity));
    }

    int length() {
        return length;
    }

    int computed() {
        return computed;
    }

    int token(int position) {
        return tokens[position];
    }

    int[] firstTokens(int count) {
        return Arrays.copyOf(tokens, count);
    }

    PageTable pages() {
        return pages;
    }

    void add(int token) {
        forgetDraft();
        tokens[length++] = token;
    }

    void add(int[] more) {
        System.arraycopy(more, 0, tokens, length, more.length);
        length += more.length;
    }

    /** Takes over what the cache knows of the first {@code limit} tokens. */
    void adopt(int limit) {
        computed = pages.adopt(tokens, limit);
        if (draft != null) {
            draft.adopt(tokens, limit);
        }
    }

    /** Makes this empty strand go on from where {@code parent} stands; all its tokens but the last new ones are computed. */
    void fork(Strand parent, PageCopy copy) {
        System.arraycopy(parent.tokens, 0, tokens, 0, parent.length);
        length = parent.length;
        computed = parent.computed;
        guessed = 0;
        stepRows = 0;
        logitRows = 0;
        pages.fork(parent.pages, computed, copy);
        if (draft != null && parent.draft != null) {
            parent.draft.publish(parent.tokens, parent.length);
            draft.fork(parent.draft);
        }
    }

    /** Guesses at most {@code most} tokens behind the known ones, all computed but the newest, for the next step to try. */
    void lookUp(int most) {
        guessed = PromptLookup.guess(tokens, length, most);
    }

    /** Takes the guesses back that were not confirmed. */
    void forgetGuesses() {
        guessed = 0;
    }

    /** Adds a guess behind the known tokens and the guesses so far, for the next step to try. */
    void guess(int token) {
        tokens[length + guessed++] = token;
    }

    private void forgetDraft() {
        if (draft != null) {
            draft.keep(length);
        }
    }

    @Nullable
    DraftStrand draft() {
        return draft;
    }

    int[] tokens() {
        return tokens;
    }

    /** The guesses that are not confirmed yet; for people, allocates. */
    List<Integer> guesses() {
        return Arrays.stream(tokens, length, length + guessed).boxed().toList();
    }

    /** How many guesses are not confirmed yet. */
    int guessed() {
        return guessed;
    }

    /** Adds the token that was chosen; returns whether it was the next guess, which is computed then. */
    boolean confirm(int token) {
        boolean right = guessed > 0 && tokens[length] == token;
        if (right) {
            guessed--;
            computed++;
        } else {
            forgetDraft();
        }
        tokens[length++] = token;
        return right;
    }

    /**
     * Adds at most {@code limit} rows to the step, those of guesses not counted.
     *
     * @param logitsFrom rows from this position on ask for logits, besides the last known token's
     * @return how many
     */
    int addTo(Batch batch, int limit, int logitsFrom) {
        stepRows = Math.min(limit, length - computed) + guessed;
        logitIndex = batch.logitRows();
        if (stepRows > 0) {
            pages.reserve(computed + stepRows);
            int slot = batch.addSequence(pages.pages(), pages.count());
            for (int position = computed; position < computed + stepRows; position++) {
                batch.add(tokens[position], position, slot, position + 1 >= length || position >= logitsFrom);
            }
        }
        logitRows = batch.logitRows() - logitIndex;
        return stepRows;
    }

    /** Rows of the step that runs. */
    int stepRows() {
        return stepRows;
    }

    /** The first of the step's logits rows that are this strand's. */
    int logitIndex() {
        return logitIndex;
    }

    /** How many of the step's logits rows are this strand's. */
    int logitRows() {
        return logitRows;
    }

    /** Called when the step's keys and values are in the cache. */
    void stepped() {
        if (stepRows > 0) {
            computed += stepRows - guessed; // keys and values of guesses count when they have proved right
            pages.publish(tokens, computed);
        }
    }

    /** Gives the pages back. */
    void release() {
        pages.release();
        if (draft != null) {
            draft.release();
        }
        guessed = 0;
        stepRows = 0;
        logitRows = 0;
    }
}

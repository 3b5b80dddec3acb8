package dev.gatun.sampler;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Chooses the tokens of one sequence: logits in, token out.
 *
 * <p>The same logits, options, seed and choice give the same tokens, whatever the batch, the thread or the width of
 * vectors. Allocates nothing per token once its arrays have grown. Not for use by several threads at once.
 */
public final class Sampler {
    private static final int MOST_RESERVED = 1 << 16; // tokens

    private final int vocabulary;
    private final SamplingParams params;
    private final int[] ends; // ascending; the tokens that end the sequence
    private final Chain chain;
    private final Logits logits;
    private final History history;
    private final Candidates candidates;
    private final Philox random;

    /**
     * A sampler for one sequence.
     *
     * @param params how to choose
     * @param vocabulary tokens that have a logit
     * @param endOfGeneration the model's own end tokens
     * @param seed used when {@code params} names none
     * @param choice which of several continuations of the same prompt this is; each has its own random numbers
     * @throws InvalidSamplingException if an option names a token outside the vocabulary
     */
    public Sampler(SamplingParams params, int vocabulary, int[] endOfGeneration, long seed, int choice) {
        if (vocabulary < 1) {
            throw new IllegalArgumentException("vocabulary=" + vocabulary + " is below 1");
        }
        this.params = params;
        this.vocabulary = vocabulary;
        for (int token : params.logitBias().keySet()) {
            Ranges.token("logit_bias", token, vocabulary);
        }
        for (int token : params.stopTokenIds()) {
            Ranges.token("stop_token_ids", token, vocabulary);
        }
        for (int token : endOfGeneration) {
            checkToken(token);
        }
        IntStream stops = params.stopTokenIds().stream().mapToInt(Integer::intValue);
        int[] all = sortedSet(IntStream.concat(stops, Arrays.stream(endOfGeneration)));
        this.ends =
                params.ignoreEos() ? sortedSet(params.stopTokenIds().stream().mapToInt(Integer::intValue)) : all;
        this.chain = Chain.compile(params, all);
        this.logits = new Logits(vocabulary);
        this.history = new History(params.repeatLastN(), Chain.counts(params));
        this.candidates = new Candidates(RowScans.best(), vocabulary);
        this.random = new Philox(params.seed().orElse(seed), choice);
    }

    private static int[] sortedSet(IntStream tokens) {
        return tokens.sorted().distinct().toArray();
    }

    /**
     * Tells the prompt, which penalties may look at. Called before the first {@link #next}, possibly several times with
     * consecutive parts.
     *
     * @param length how many of {@code tokens} there are
     */
    public void prompt(int[] tokens, int length) {
        if (history.generated() > 0) {
            throw new IllegalStateException("the prompt comes before the first choice");
        }
        for (int i = 0; i < length; i++) {
            checkToken(tokens[i]);
        }
        history.prompt(tokens, length);
        history.reserve(
                history.length() + Math.min(MOST_RESERVED, params.maxTokens().orElse(0)));
    }

    /**
     * Chooses the next token and records it.
     *
     * @param row a logit for each token of the vocabulary; used as scratch space, and the same bits again on return
     * @throws InvalidLogitsException if the row allows no choice
     */
    public int next(float[] row) {
        if (row.length < vocabulary) {
            throw new IllegalArgumentException("row.length=" + row.length + " is below vocabulary=" + vocabulary);
        }
        logits.open(row);
        int token;
        try {
            chain.edit(logits, history, chain.edits());
            token = choose(row);
        } finally {
            logits.revert();
        }
        history.add(token);
        return token;
    }

    private int choose(float[] row) {
        float max = candidates.open(row);
        if (!(Math.abs(max) <= Float.MAX_VALUE)) {
            throw refusal(row, max);
        }
        if (params.isGreedy()) {
            return candidates.best();
        }
        random.at(history.generated());
        chain.cut(candidates);
        return candidates.draw(random.uniform());
    }

    /** Whether a token ends the sequence: one of the model's own end tokens, unless ignored, or of the stop tokens. */
    public boolean isEnd(int token) {
        return Arrays.binarySearch(ends, token) >= 0;
    }

    private void checkToken(int token) {
        if (token < 0 || token >= vocabulary) {
            throw new IllegalArgumentException("token=" + token + " is outside the vocabulary of " + vocabulary);
        }
    }

    /** Finds who made the row unfit, by applying one edit more each time. */
    private InvalidLogitsException refusal(float[] row, float max) {
        InvalidLogitsException.Kind kind;
        if (Float.isNaN(max)) {
            kind = InvalidLogitsException.Kind.NAN;
        } else if (max > 0) {
            kind = InvalidLogitsException.Kind.POSITIVE_INFINITY;
        } else {
            kind = InvalidLogitsException.Kind.NO_ADMISSIBLE_TOKEN;
        }
        String culprit = "an edit";
        for (int count = 0; count <= chain.edits(); count++) {
            logits.revert();
            logits.open(row);
            chain.edit(logits, history, count);
            float reached = candidates.open(row);
            if (Float.compare(reached, max) == 0) {
                culprit = count == 0 ? "the model" : chain.edit(count - 1);
                break;
            }
        }
        int token = 0;
        while (token < vocabulary - 1 && Float.compare(row[token], max) != 0) {
            token++;
        }
        return new InvalidLogitsException(
                kind,
                switch (kind) {
                    case NAN -> "logit of token " + token + " is not a number; it comes from " + culprit;
                    case POSITIVE_INFINITY -> "logit of token " + token + " is infinite; it comes from " + culprit;
                    case NO_ADMISSIBLE_TOKEN ->
                        "no token may be chosen: all " + vocabulary + " logits are minus infinity after " + culprit;
                });
    }
}

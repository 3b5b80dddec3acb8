package dev.gatun.sampler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable Guidance guidance;
    private final @Nullable Logprobs logprobs;
    private final @Nullable MaskedRow masked;

    /**
     * A sampler for one sequence without a constraint.
     *
     * @param params how to choose
     * @param vocabulary tokens that have a logit
     * @param endOfGeneration the model's own end tokens
     * @param seed used when {@code params} names none
     * @param choice which of several continuations of the same prompt this is; each has its own random numbers
     * @throws InvalidSamplingException if an option names a token outside the vocabulary
     */
    public Sampler(SamplingParams params, int vocabulary, int[] endOfGeneration, long seed, int choice) {
        this(params, vocabulary, endOfGeneration, seed, choice, null);
    }

    /**
     * A sampler for one sequence.
     *
     * @param params how to choose
     * @param vocabulary tokens that have a logit
     * @param endOfGeneration the model's own end tokens
     * @param seed used when {@code params} names none
     * @param choice which of several continuations of the same prompt this is; each has its own random numbers
     * @param texts what the tokens spell, which a constraint needs; tokens beyond them are no text
     * @throws InvalidSamplingException if an option names a token outside the vocabulary
     */
    public Sampler(
            SamplingParams params,
            int vocabulary,
            int[] endOfGeneration,
            long seed,
            int choice,
            @Nullable TokenTrie texts) {
        if (vocabulary < 1) {
            throw new IllegalArgumentException("vocabulary=" + vocabulary + " is below 1");
        }
        this.params = params;
        this.vocabulary = vocabulary;
        checkTokens(params, vocabulary);
        for (int token : endOfGeneration) {
            checkToken(token);
        }
        IntStream stops = params.stopTokenIds().stream().mapToInt(Integer::intValue);
        int[] all = sortedSet(IntStream.concat(stops, Arrays.stream(endOfGeneration)));
        this.ends =
                params.ignoreEos() ? sortedSet(params.stopTokenIds().stream().mapToInt(Integer::intValue)) : all;
        this.random = new Philox(params.seed().orElse(seed), choice);
        this.chain = Chain.compile(params, all, vocabulary, random);
        this.logits = new Logits(vocabulary);
        this.history = new History(params.repeatLastN(), Chain.counts(params));
        RowScan scan = RowScans.best();
        this.candidates = new Candidates(scan, vocabulary);
        this.guidance = params.guidanceScale() == 1 ? null : new Guidance(params.guidanceScale(), scan, vocabulary);
        this.logprobs = params.logprobs().isEmpty()
                ? null
                : new Logprobs(candidates, params.logprobs().getAsInt());
        this.masked =
                params.constraint().isEmpty() ? null : mask(params.constraint().get(), texts);
    }

    private MaskedRow mask(Constraint constraint, @Nullable TokenTrie texts) {
        if (texts == null) {
            throw new IllegalArgumentException("a constraint needs the tokens' texts");
        }
        if (texts.size() > vocabulary) {
            throw new IllegalArgumentException("texts.size=" + texts.size() + " is above vocabulary=" + vocabulary);
        }
        return new MaskedRow(constraint.begin(texts), ends, vocabulary);
    }

    /** Checks that the options name tokens of the vocabulary only. */
    static void checkTokens(SamplingParams params, int vocabulary) {
        params.logitBias().keySet().forEach(token -> Ranges.token("logit_bias", token, vocabulary));
        params.sequenceBias().keySet().forEach(sequence -> checkSequence("sequence_bias", sequence, vocabulary));
        params.badWords().forEach(word -> checkSequence("bad_words", word, vocabulary));
        checkSequence("suppress_tokens", params.suppressTokens(), vocabulary);
        checkSequence("stop_token_ids", params.stopTokenIds(), vocabulary);
        params.dry()
                .ifPresent(dry ->
                        dry.breakers().forEach(breaker -> checkSequence("dry_sequence_breakers", breaker, vocabulary)));
    }

    private static void checkSequence(String option, List<Integer> tokens, int vocabulary) {
        tokens.forEach(token -> Ranges.token(option, token, vocabulary));
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
        if (guidance != null) {
            throw new IllegalStateException(
                    "guidance_scale=" + params.guidanceScale() + " needs the negative prompt's logits as well");
        }
        checkRow(row);
        return record(row, edited(row));
    }

    /**
     * Chooses the next token under guidance and records it.
     *
     * @param row the logits after the prompt; used as scratch space, and the same bits again on return
     * @param negative those after the negative prompt; only read
     * @throws InvalidLogitsException if the rows allow no choice
     */
    public int next(float[] row, float[] negative) {
        if (guidance == null) {
            throw new IllegalStateException("guidance_scale=1 leaves no use for the negative prompt's logits");
        }
        checkRow(row);
        checkRow(negative);
        int token;
        guidance.apply(row, negative);
        try {
            token = edited(row);
        } finally {
            guidance.revert(row);
        }
        return record(row, token);
    }

    /**
     * Records the token that a constraint leaves no choice about, and which needs no logits; -1 if there is none, or its
     * log-probability is wanted.
     */
    public int forced() {
        if (masked == null || logprobs != null || history.generated() < params.minTokens()) {
            return -1;
        }
        int token = masked.filter().forced();
        if (token >= 0) {
            history.add(token);
            masked.filter().accept(token);
        }
        return token;
    }

    /** Whether a constraint lets nothing follow any more but the end. */
    public boolean isComplete() {
        return masked != null && masked.filter().mustEnd();
    }

    /**
     * Guesses the choice that {@link #next} will make {@code ahead} choices from now, from another model's row: with the random
     * number of that choice, so that like laws give like tokens. Edits look at the tokens up to now; a constraint is not
     * heeded. Records nothing.
     *
     * @param row a logit for each token; the same bits again on return
     * @return the token, or -1 if the row allows no choice or it would end the sequence
     */
    public int propose(float[] row, int ahead) {
        checkRow(row);
        logits.open(row);
        try {
            chain.edit(logits, history, chain.edits());
            if (!(Math.abs(candidates.open(row)) <= Float.MAX_VALUE)) {
                return -1;
            }
            random.at(history.generated() + (long) ahead);
            chain.cut(candidates);
            int token = params.isGreedy() ? candidates.best() : candidates.draw(random.uniform());
            return isEnd(token) ? -1 : token;
        } finally {
            logits.revert();
        }
    }

    /**
     * Tells what each stage of the chain would make of a row, without choosing: for people, not for every token. Processors of
     * others are called more often than for a choice.
     *
     * @param row as for {@link #next}
     * @param most how many of the best tokens to report at each stage
     * @throws InvalidLogitsException if the row allows no choice
     */
    public Explanation explain(float[] row, int most) {
        checkRow(row);
        return explain(row, most, "model", new ArrayList<>());
    }

    /**
     * The same under guidance, which is the stage after the model's law.
     *
     * @param row as for {@link #next(float[], float[])}
     * @param negative as for {@link #next(float[], float[])}
     * @param most how many of the best tokens to report at each stage
     * @throws InvalidLogitsException if the rows allow no choice
     */
    public Explanation explain(float[] row, float[] negative, int most) {
        if (guidance == null) {
            throw new IllegalStateException("guidance_scale=1 leaves no use for the negative prompt's logits");
        }
        checkRow(row);
        checkRow(negative);
        var reports = new ArrayList<StageReport>();
        open(row);
        reports.add(StageReport.of("model", candidates, most));
        guidance.apply(row, negative);
        try {
            return explain(row, most, "guidance", reports);
        } finally {
            guidance.revert(row);
        }
    }

    private Explanation explain(float[] row, int most, String origin, List<StageReport> reports) {
        if (masked == null) {
            OptionalDouble draw = explainChain(row, most, origin, reports);
            return new Explanation(List.copyOf(reports), draw);
        }
        open(row);
        reports.add(StageReport.of(origin, candidates, most));
        try {
            OptionalDouble draw = explainChain(masked.open(row), most, "constraint", reports);
            return new Explanation(List.copyOf(reports), draw);
        } finally {
            masked.close();
        }
    }

    /** Returns what the choice draws, if it draws. */
    private OptionalDouble explainChain(float[] row, int most, String origin, List<StageReport> reports) {
        OptionalDouble draw = OptionalDouble.empty();
        for (int count = 0; count <= chain.edits(); count++) {
            logits.open(row);
            try {
                chain.edit(logits, history, count);
                open(row);
                reports.add(StageReport.of(count == 0 ? origin : chain.edit(count - 1), candidates, most));
                if (count == chain.edits() && !params.isGreedy()) {
                    draw = OptionalDouble.of(explainCuts(reports, most));
                }
            } finally {
                logits.revert();
            }
        }
        return draw;
    }

    /** Returns what the choice after the cuts draws. */
    private double explainCuts(List<StageReport> reports, int most) {
        random.at(history.generated());
        for (int i = 0; i < chain.cuts().size(); i++) {
            chain.cut(candidates, i);
            reports.add(StageReport.of(chain.cuts().get(i).toString(), candidates, most));
        }
        return random.uniform();
    }

    /** The log-probabilities of the last choice; the same object each time, and empty unless they were asked for. */
    public Optional<Logprobs> logprobs() {
        return Optional.ofNullable(logprobs);
    }

    private int record(float[] row, int token) {
        history.add(token);
        if (masked != null && !isEnd(token)) {
            masked.filter().accept(token);
        }
        if (logprobs != null && !params.processedLogprobs()) {
            logprobs.read(row, token);
        }
        return token;
    }

    /** The choice among what the constraint allows. */
    private int edited(float[] row) {
        if (masked == null) {
            return editedRow(row);
        }
        open(row); // a mask must not hide that the model is broken
        try {
            return editedRow(masked.open(row));
        } finally {
            masked.close();
        }
    }

    /** The choice from the edited row, which is put back. */
    private int editedRow(float[] row) {
        candidates.open(row);
        logits.open(row);
        try {
            chain.edit(logits, history);
            return choose(row);
        } finally {
            logits.revert();
        }
    }

    private int choose(float[] row) {
        check(row, candidates.amend(logits));
        Logprobs report = params.processedLogprobs() ? logprobs : null;
        random.at(history.generated());
        chain.cut(candidates);
        if (report != null) {
            report.best();
        }
        int token = params.isGreedy() ? candidates.best() : candidates.draw(random.uniform());
        if (report != null) {
            report.chosen(token, row[token]);
        }
        chain.chosen(candidates, token);
        return token;
    }

    private void open(float[] row) {
        check(row, candidates.open(row));
    }

    private void check(float[] row, float max) {
        if (!(Math.abs(max) <= Float.MAX_VALUE)) {
            throw refusal(row, max);
        }
    }

    private void checkRow(float[] row) {
        if (row.length < vocabulary) {
            throw new IllegalArgumentException("row.length=" + row.length + " is below vocabulary=" + vocabulary);
        }
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
        String origin = masked != null && masked.isOpen() ? "the constraint" : "the model";
        String culprit = "an edit";
        for (int count = 0; count <= chain.edits(); count++) {
            logits.revert();
            logits.open(row);
            chain.edit(logits, history, count);
            float reached = candidates.open(row);
            if (Float.compare(reached, max) == 0) {
                culprit = count == 0 ? origin : chain.edit(count - 1);
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

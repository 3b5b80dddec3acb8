package dev.gatun.sampler;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The best continuations of the sequences of a beam search, with their scores: the log-softmax of a row of logits, edited
 * by the chain's edits (which thus see log-probabilities, as in Hugging Face transformers, {@code _beam_search}), and not
 * normalised again. Nothing is cut and nothing drawn. A constraint takes tokens away and leaves the scores of the others.
 *
 * <p>One instance serves all sequences of a search; each is a {@link Branch}. Without a constraint it allocates nothing per
 * token once its arrays have grown. Not for use by several threads at once.
 */
public final class Continuations {
    private static final int[] NONE = {};

    private final SamplingParams params;
    private final int vocabulary;
    private final int[] ends; // ascending
    private final Chain chain;
    private final Logits logits;
    private final Candidates candidates;
    private final float[] scores; // [vocabulary]
    private final @Nullable TokenTrie texts;
    private final @Nullable MaskedRow masked;
    private float[] row = {}; // that was read last
    private double max; // its greatest logit
    private double logMass; // of e^(logit - max)

    /**
     * Continuations without a constraint.
     *
     * @param endOfGeneration the model's own end tokens
     * @throws InvalidSamplingException if {@code params} has what a beam search can not heed: draws, cuts, processors of
     *     others (which may hold the state of one sequence), guidance, or a token outside the vocabulary
     */
    public Continuations(SamplingParams params, int vocabulary, int[] endOfGeneration) {
        this(params, vocabulary, endOfGeneration, null);
    }

    /**
     * Continuations under {@code params}.
     *
     * @param endOfGeneration the model's own end tokens
     * @param texts what the tokens spell, which a constraint needs; tokens beyond them are no text
     * @throws InvalidSamplingException as {@link #Continuations(SamplingParams, int, int[])}
     */
    public Continuations(SamplingParams params, int vocabulary, int[] endOfGeneration, @Nullable TokenTrie texts) {
        SamplingRules.checkSearch(params);
        Sampler.checkTokens(params, vocabulary);
        for (int token : endOfGeneration) {
            checkToken(token, vocabulary);
        }
        this.params = params;
        this.vocabulary = vocabulary;
        IntStream stops = params.stopTokenIds().stream().mapToInt(Integer::intValue);
        int[] all = IntStream.concat(stops, Arrays.stream(endOfGeneration))
                .sorted()
                .distinct()
                .toArray();
        this.ends = params.ignoreEos()
                ? params.stopTokenIds().stream()
                        .mapToInt(Integer::intValue)
                        .sorted()
                        .distinct()
                        .toArray()
                : all;
        this.chain = Chain.compile(params, all, vocabulary, new Philox(0, 0));
        this.logits = new Logits(vocabulary);
        this.candidates = new Candidates(RowScans.best(), vocabulary);
        this.scores = new float[vocabulary];
        this.texts = texts;
        this.masked = params.constraint().isEmpty() ? null : new MaskedRow(begin(), ends, vocabulary);
    }

    private TokenFilter begin() {
        if (texts == null) {
            throw new IllegalArgumentException("a constraint needs the tokens' texts");
        }
        if (texts.size() > vocabulary) {
            throw new IllegalArgumentException("texts.size=" + texts.size() + " is above vocabulary=" + vocabulary);
        }
        return params.constraint().orElseThrow().begin(texts);
    }

    /** A sequence that begins with a prompt. */
    public Branch begin(int[] prompt, int length) {
        for (int i = 0; i < length; i++) {
            checkToken(prompt[i], vocabulary);
        }
        History history = new History(params.repeatLastN(), Chain.counts(params));
        history.prompt(prompt, length);
        return new Branch(history, masked == null ? null : begin());
    }

    /** Makes {@code branch}, which is this object's too, go on from where {@code parent} stands. */
    public void fork(Branch parent, Branch branch) {
        branch.copy(parent);
    }

    /**
     * Lengthens a sequence by a token.
     *
     * @throws IllegalArgumentException if a constraint does not allow it
     */
    public void add(Branch branch, int token) {
        branch.add(token, isEnd(token));
    }

    /** Whether a constraint lets nothing follow a branch and a token any more but the end; the token is one it allows. */
    public boolean isComplete(Branch branch, int token) {
        return !isEnd(token) && branch.isCompletedBy(token);
    }

    /** Whether a token ends a sequence: one of the model's own end tokens, unless ignored, or of the stop tokens. */
    public boolean isEnd(int token) {
        return Arrays.binarySearch(ends, token) >= 0;
    }

    /** The tokens that end a sequence, ascending. */
    public List<Integer> ends() {
        return Arrays.stream(ends).boxed().toList();
    }

    /**
     * Finds the best continuations of a sequence.
     *
     * @param row a logit for each token; only read
     * @param most how many to find
     * @return how many there are: {@code most}, or all that may be chosen
     * @throws InvalidLogitsException if a logit is NaN or plus infinity
     */
    public int read(float[] row, Branch branch, int most) {
        return read(row, branch, most, NONE, 0, 0);
    }

    /**
     * Finds the best continuations of a sequence whose group must differ from the groups before (Vijayakumar et al. 2016,
     * Hamming diversity): {@code penalty} is taken from the score of a token each time they have chosen it in this step.
     *
     * @param chosen what they have chosen; the first {@code chosenCount} count
     */
    public int read(float[] row, Branch branch, int most, int[] chosen, int chosenCount, double penalty) {
        score(row);
        for (int i = 0; i < chosenCount; i++) {
            scores[chosen[i]] -= (float) penalty;
        }
        TokenFilter filter = branch.filter();
        if (masked == null || filter == null) {
            return best(scores, branch.history(), most);
        }
        try {
            return best(masked.open(scores, filter), branch.history(), most);
        } finally {
            masked.close();
        }
    }

    private int best(float[] edited, History history, int most) {
        logits.open(edited);
        try {
            chain.edit(logits, history, chain.edits());
            check(candidates.open(edited));
            return candidates.sortBest(most);
        } finally {
            logits.revert();
        }
    }

    /** The token at a rank, 0 for the best; equals go by id. */
    public int token(int rank) {
        return candidates.token(rank);
    }

    /** The score at a rank: the edited log-probability. */
    public double score(int rank) {
        return candidates.logit(rank);
    }

    /**
     * The log-probability to report of the token at a rank: before the edits, or after them if {@code params} says so. The row
     * that was read must still hold its logits.
     */
    public double logprob(int rank) {
        return params.processedLogprobs() ? score(rank) : (row[token(rank)] - max) - logMass;
    }

    private void score(float[] row) {
        this.row = row;
        float greatest = candidates.open(row);
        check(greatest);
        if (greatest == Float.NEGATIVE_INFINITY) {
            Arrays.fill(scores, greatest);
            return;
        }
        max = greatest;
        logMass = StrictMath.log(candidates.mass());
        for (int i = 0; i < vocabulary; i++) {
            scores[i] = (float) (((double) row[i] - max) - logMass);
        }
    }

    private static void check(float max) {
        if (Float.isNaN(max)) {
            throw new InvalidLogitsException(InvalidLogitsException.Kind.NAN, "a logit is not a number");
        }
        if (max == Float.POSITIVE_INFINITY) {
            throw new InvalidLogitsException(
                    InvalidLogitsException.Kind.POSITIVE_INFINITY, "a logit is infinite: there are no probabilities");
        }
    }

    private static void checkToken(int token, int vocabulary) {
        if (token < 0 || token >= vocabulary) {
            throw new IllegalArgumentException("token=" + token + " is outside the vocabulary of " + vocabulary);
        }
    }
}

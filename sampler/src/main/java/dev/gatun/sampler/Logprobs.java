package dev.gatun.sampler;

/**
 * The log-probabilities of one choice: the chosen token's, always, and those of the best tokens. Natural logarithms of an
 * exact softmax, in double. Overwritten by the next choice.
 */
public final class Logprobs {
    private final Candidates candidates;
    private final int most;
    private final int[] tokens;
    private final double[] values;
    private int count;
    private int token;
    private double value;

    Logprobs(Candidates candidates, int most) {
        this.candidates = candidates;
        this.most = most;
        this.tokens = new int[most];
        this.values = new double[most];
    }

    /**
     * An empty one, to be filled by {@link #read}: for the tokens of a prompt.
     *
     * @param most how many of the best tokens to report
     */
    public static Logprobs of(int vocabulary, int most) {
        return new Logprobs(new Candidates(RowScans.best(), vocabulary), most);
    }

    /**
     * Reads the log-probability of a token, and the best ones, from a row of logits. Where the row forbids every token,
     * that is minus infinity, and none is best.
     *
     * @throws InvalidLogitsException if the row has no probabilities
     */
    public void read(float[] row, int token) {
        float max = candidates.open(row);
        if (max == Float.NEGATIVE_INFINITY) {
            this.token = token;
            value = max;
            count = 0;
            return;
        }
        if (!(max <= Float.MAX_VALUE)) {
            throw new InvalidLogitsException(
                    Float.isNaN(max) ? InvalidLogitsException.Kind.NAN : InvalidLogitsException.Kind.POSITIVE_INFINITY,
                    "a row of logits has no probabilities: its maximum is " + max);
        }
        best();
        chosen(token, row[token]);
    }

    void best() {
        count = most == 0 ? 0 : candidates.sortBest(most);
        for (int i = 0; i < count; i++) {
            tokens[i] = candidates.token(i);
            values[i] = candidates.logProbability(candidates.logit(i));
        }
    }

    void chosen(int token, float logit) {
        this.token = token;
        this.value = candidates.logProbability(logit);
    }

    /** The chosen token. */
    public int token() {
        return token;
    }

    /** The chosen token's log-probability; minus infinity only where the logit is. */
    public double logprob() {
        return value;
    }

    /** How many of the best tokens there are: as many as asked for, or all that may be chosen. */
    public int count() {
        return count;
    }

    /** A token by its rank, 0 for the best; equals go by id. */
    public int token(int rank) {
        return tokens[rank];
    }

    /** The log-probability at a rank. */
    public double logprob(int rank) {
        return values[rank];
    }
}

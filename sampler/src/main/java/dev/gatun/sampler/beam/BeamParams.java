package dev.gatun.sampler.beam;

import dev.gatun.sampler.InvalidSamplingException;

/**
 * How a beam search goes, with the names and meanings of Hugging Face transformers. {@link #of} has their defaults; {@code
 * with...} changes one thing and {@link #checked} looks at the whole.
 *
 * @param numBeams sequences that are followed at the same time, 1 to {@value #MOST_BEAMS}
 * @param lengthPenalty an ended sequence scores the sum of its log-probabilities divided by its length to this power: above
 *     0 favours long ones, below 0 short ones
 * @param earlyStopping when to stop
 * @param numBeamGroups groups the beams are divided into; each is a search of its own but for the penalty
 * @param diversityPenalty taken from the score of a token each time an earlier group has chosen it in the same step
 * @param numReturnSequences how many of the best ended sequences to return, at most {@code numBeams}
 */
public record BeamParams(
        int numBeams,
        double lengthPenalty,
        EarlyStopping earlyStopping,
        int numBeamGroups,
        double diversityPenalty,
        int numReturnSequences) {
    /** The most beams of a search. */
    public static final int MOST_BEAMS = 1_024;

    /** A plain search of so many beams that returns the best sequence. */
    public static BeamParams of(int numBeams) {
        return new BeamParams(numBeams, 1, EarlyStopping.FALSE, 1, 0, 1);
    }

    public BeamParams withLengthPenalty(double lengthPenalty) {
        return new BeamParams(
                numBeams, lengthPenalty, earlyStopping, numBeamGroups, diversityPenalty, numReturnSequences);
    }

    public BeamParams withEarlyStopping(EarlyStopping earlyStopping) {
        return new BeamParams(
                numBeams, lengthPenalty, earlyStopping, numBeamGroups, diversityPenalty, numReturnSequences);
    }

    /** Several groups, which differ because of the penalty. */
    public BeamParams withGroups(int numBeamGroups, double diversityPenalty) {
        return new BeamParams(
                numBeams, lengthPenalty, earlyStopping, numBeamGroups, diversityPenalty, numReturnSequences);
    }

    public BeamParams withNumReturnSequences(int numReturnSequences) {
        return new BeamParams(
                numBeams, lengthPenalty, earlyStopping, numBeamGroups, diversityPenalty, numReturnSequences);
    }

    /**
     * These parameters, if they are in range and agree with each other.
     *
     * @throws InvalidSamplingException naming the option, its value and its range, or what it contradicts
     */
    public BeamParams checked() {
        within("num_beams", numBeams, MOST_BEAMS);
        require(
                Double.isFinite(lengthPenalty),
                "length_penalty",
                "length_penalty=" + lengthPenalty + " is not a finite number");
        within("num_beam_groups", numBeamGroups, numBeams);
        require(
                numBeams % numBeamGroups == 0,
                "num_beam_groups",
                "num_beams=" + numBeams + " is no multiple of num_beam_groups=" + numBeamGroups);
        require(
                diversityPenalty >= 0 && diversityPenalty <= Float.MAX_VALUE,
                "diversity_penalty",
                "diversity_penalty=" + diversityPenalty + " is outside [0, infinity)");
        require(
                numBeamGroups > 1 || diversityPenalty == 0,
                "diversity_penalty",
                "diversity_penalty=" + diversityPenalty + " makes groups differ, but num_beam_groups is 1");
        require(
                numBeamGroups == 1 || diversityPenalty > 0,
                "num_beam_groups",
                "num_beam_groups=" + numBeamGroups + " would all find the same: set diversity_penalty above 0");
        require(
                numReturnSequences <= numBeams,
                "num_return_sequences",
                "num_return_sequences=" + numReturnSequences + " is above num_beams=" + numBeams);
        within("num_return_sequences", numReturnSequences, numBeams);
        return this;
    }

    private static void within(String option, int value, int most) {
        require(value >= 1 && value <= most, option, option + "=" + value + " is outside [1, " + most + "]");
    }

    private static void require(boolean holds, String option, String message) {
        if (!holds) {
            throw new InvalidSamplingException(option, message);
        }
    }
}

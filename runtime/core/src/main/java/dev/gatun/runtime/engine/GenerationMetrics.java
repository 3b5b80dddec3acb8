package dev.gatun.runtime.engine;

/**
 * What a generation took. Times are wall time.
 *
 * @param promptTokens tokens of the prompt
 * @param cachedTokens tokens of the prompt whose keys and values were found in the cache
 * @param tokens tokens generated, of all choices or beams
 * @param queueMilliseconds from submission to the first step
 * @param timeToFirstTokenMilliseconds from submission to the first token; 0 if there was none
 * @param timePerOutputTokenMilliseconds mean time between the steps that brought forth tokens; 0 with fewer than two
 * @param prefill the prompt's phase
 * @param decode the phase of the tokens after the first
 * @param draft what the draft model did, if there is one: its passes and the rows of this generation in them
 * @param draftedTokens tokens guessed ahead
 * @param acceptedTokens those of them that proved right
 * @param kvBytes bytes of key-value cache held at the end, the draft model's not counted
 * @param peakMemoryBytes largest resident set of the process so far, or of the Java heap where the system does not tell
 * @param peakGpuBytes most GPU memory that the engine has had so far; 0 where it runs on no GPU
 */
public record GenerationMetrics(
        int promptTokens,
        int cachedTokens,
        int tokens,
        double queueMilliseconds,
        double timeToFirstTokenMilliseconds,
        double timePerOutputTokenMilliseconds,
        Phase prefill,
        Phase decode,
        Phase draft,
        int draftedTokens,
        int acceptedTokens,
        long kvBytes,
        long peakMemoryBytes,
        long peakGpuBytes) {

    /** Which share of the guesses proved right; 0 without guesses. */
    public double acceptanceRate() {
        return draftedTokens > 0 ? (double) acceptedTokens / draftedTokens : 0;
    }
}

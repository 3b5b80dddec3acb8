package dev.gatun.runtime.engine;

import dev.gatun.sampler.Explanation;
import java.util.List;

/**
 * One choice of a token, explained.
 *
 * @param token the token chosen
 * @param end whether it ends the sequence
 * @param guesses the tokens that had been guessed for this place and those behind it; none where nothing was
 * @param explanation how it was chosen
 */
public record Choice(int token, boolean end, List<Integer> guesses, Explanation explanation) {

    /** Whether the token had been guessed, so that the model had computed already what follows it. */
    public boolean wasGuessed() {
        return !guesses.isEmpty() && guesses.getFirst() == token;
    }
}

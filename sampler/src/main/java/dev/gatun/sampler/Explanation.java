package dev.gatun.sampler;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How one token would be chosen: the law after each stage of the chain, and the number that picks from the last.
 *
 * @param stages in order; the first is the model's own law
 * @param draw in [0, 1): the token is the first whose cumulative probability exceeds it, in canonical order; empty where
 *     the best token is taken
 */
public record Explanation(List<StageReport> stages, OptionalDouble draw) {

    /** How many tokens the stage at {@code index} took away; 0 for the first. */
    public int removed(int index) {
        return index == 0
                ? 0
                : stages.get(index - 1).survivors() - stages.get(index).survivors();
    }
}

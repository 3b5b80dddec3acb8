package dev.gatun.sampler;

import java.util.List;

/**
 * "Don't repeat yourself": a token that would extend a repetition of at least {@code allowedLength} tokens loses
 * multiplier * base^(length - allowedLength), where length is that of the longest ending of the history which was followed
 * by the token before (p-e-w, text-generation-webui, 2024; exact semantics as in llama.cpp).
 *
 * @param multiplier the penalty of the shortest penalised repetition
 * @param base how it grows with each further token
 * @param allowedLength the shortest repetition that is penalised
 * @param lastN how many of the last tokens are searched; -1 for all
 * @param breakers sequences of tokens across which nothing counts as repeated, such as a line feed; the sampler knows no
 *     tokenizer, so a text that several token sequences can spell has to be given as all of them
 */
public record Dry(double multiplier, double base, int allowedLength, int lastN, List<List<Integer>> breakers) {

    /** Checks the ranges. */
    public Dry {
        Ranges.notNegative("dry_multiplier", multiplier);
        Ranges.within("dry_base", base, 1, 1e6);
        Ranges.atLeast("dry_allowed_length", allowedLength, 1);
        Ranges.atLeast("dry_penalty_last_n", lastN, -1);
        breakers = breakers.stream().map(List::copyOf).toList();
        for (List<Integer> breaker : breakers) {
            if (breaker.isEmpty()) {
                throw new InvalidSamplingException(
                        "dry_sequence_breakers", "dry_sequence_breakers: one of them has no token");
            }
        }
    }

    /** The usual constants: base 1.75, allowed length 2, the whole history. */
    public Dry(double multiplier, List<List<Integer>> breakers) {
        this(multiplier, 1.75, 2, -1, breakers);
    }

    boolean isOn() {
        return multiplier > 0 && lastN != 0;
    }
}

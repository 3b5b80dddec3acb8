package dev.gatun.sampler.beam;

import java.util.Arrays;
import java.util.Collection;

/** The tokens that end a sequence. */
final class EndTokens {
    private final int[] tokens; // ascending

    EndTokens(Collection<Integer> tokens) {
        this.tokens =
                tokens.stream().mapToInt(Integer::intValue).sorted().distinct().toArray();
    }

    boolean contains(int token) {
        return Arrays.binarySearch(tokens, token) >= 0;
    }

    int count() {
        return tokens.length;
    }
}

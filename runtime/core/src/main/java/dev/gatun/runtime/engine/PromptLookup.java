package dev.gatun.runtime.engine;

/**
 * Guesses how a text goes on from where its last tokens stood before (Saxena, "Prompt lookup decoding", 2023): of the
 * earlier places, the one that agrees with the longest ending, the latest of several.
 */
final class PromptLookup {
    /** Endings longer than this are not told apart. */
    private static final int LONGEST_ENDING = 8;

    /** One token in common says little about the next. */
    private static final int SHORTEST_ENDING = 2;

    private PromptLookup() {}

    /**
     * Writes what may follow behind the known tokens.
     *
     * @param tokens room for {@code length + most}; the first {@code length} are known
     * @return how many were written; 0 where nothing like the ending stood before
     */
    static int guess(int[] tokens, int length, int most) {
        if (most < 1 || length <= SHORTEST_ENDING) {
            return 0;
        }
        int last = tokens[length - 1];
        int agreed = SHORTEST_ENDING - 1;
        int follows = 0; // index of the token after the best place
        for (int end = length - 2; end >= SHORTEST_ENDING - 1 && agreed < LONGEST_ENDING; end--) {
            if (tokens[end] == last) {
                int common = common(tokens, end, length - 1);
                if (common > agreed) {
                    agreed = common;
                    follows = end + 1;
                }
            }
        }
        int count = follows == 0 ? 0 : most;
        for (int i = 0; i < count; i++) {
            tokens[length + i] = tokens[follows + i]; // may run on into the guesses: a period goes on
        }
        return count;
    }

    /** How many tokens up to {@code end} agree with those up to {@code last}, at most {@link #LONGEST_ENDING}. */
    private static int common(int[] tokens, int end, int last) {
        int count = 1;
        while (count < LONGEST_ENDING && count <= end && tokens[end - count] == tokens[last - count]) {
            count++;
        }
        return count;
    }
}

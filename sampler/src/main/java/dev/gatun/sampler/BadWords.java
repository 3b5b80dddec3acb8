package dev.gatun.sampler;

import java.util.Arrays;
import java.util.List;

/**
 * Forbids the token that would complete a sequence (Hugging Face, {@code bad_words_ids}; vLLM, {@code bad_words}). A word
 * that is nothing but an end token is left alone, so that the sequence can end.
 */
final class BadWords implements LogitsProcessor {
    private final int[][] words;

    BadWords(List<List<Integer>> words, int[] ends) {
        this.words = words.stream()
                .filter(word -> word.size() > 1 || Arrays.binarySearch(ends, word.getFirst()) < 0)
                .map(word -> word.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    @Override
    public void process(Logits logits, History history) {
        for (int[] word : words) {
            if (history.endsWith(word, word.length - 1)) {
                logits.mask(word[word.length - 1]);
            }
        }
    }

    @Override
    public String name() {
        return "bad_words";
    }
}

package dev.gatun.sampler;

import java.util.List;

/**
 * Applies {@link Dry}: the Z-algorithm on the reversed history finds, for each earlier place, how long an ending of the
 * history also ends there. Linear in the window for each token.
 */
final class DryPenalty implements LogitsProcessor {
    /** The natural logarithm of the greatest float, where llama.cpp stops the growth. */
    private static final double MOST_LOGARITHM = 88.7228391;

    private static final double LEAST_GROWTH = 1.000_001;

    private final double multiplier;
    private final double base;
    private final int allowed;
    private final int lastN;
    private final int mostExponent;
    private final int[][] breakers;
    private final TokenCounts longest = new TokenCounts();
    private int[] repeats = new int[256]; // [k]: length of the repetition that ends k tokens before the end

    DryPenalty(Dry dry) {
        multiplier = dry.multiplier();
        base = dry.base();
        allowed = dry.allowedLength();
        lastN = dry.lastN();
        mostExponent = base > LEAST_GROWTH ? (int) (MOST_LOGARITHM / StrictMath.log(base)) : Integer.MAX_VALUE;
        breakers = dry.breakers().stream()
                .map((List<Integer> breaker) ->
                        breaker.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    @Override
    public void process(Logits logits, History history) {
        int window = lastN < 0 ? history.length() : Math.min(lastN, history.length());
        if (window <= allowed) {
            return;
        }
        int limit = sinceBreaker(history, window);
        if (limit < allowed) {
            return;
        }
        if (repeats.length < window) {
            repeats = new int[Math.max(window, 2 * repeats.length)];
        }
        findRepeats(history, window, limit);
        longest.clear();
        for (int k = 1; k < window; k++) {
            if (repeats[k] >= allowed) {
                longest.raise(history.fromEnd(k - 1), repeats[k]);
            }
        }
        for (int entry = 0; entry < longest.size(); entry++) {
            int token = longest.token(entry);
            if (!isBreaker(token)) {
                int exponent = Math.min(longest.count(entry) - allowed, mostExponent);
                logits.set(token, (float) (logits.get(token) - multiplier * Exponential.power(base, exponent)));
            }
        }
    }

    /** Tokens behind the last breaker, which bound the length of a repetition. */
    private int sinceBreaker(History history, int window) {
        for (int i = 0; i < window; i++) {
            int longestTail = -1;
            for (int[] breaker : breakers) {
                int tail = breaker.length - 1;
                if (tail > longestTail && tail <= i && startsAt(history, i, breaker)) {
                    longestTail = tail;
                }
            }
            if (longestTail >= 0) {
                return i - longestTail;
            }
        }
        return window;
    }

    private static boolean startsAt(History history, int fromEnd, int[] breaker) {
        for (int j = 0; j < breaker.length; j++) {
            if (history.fromEnd(fromEnd - j) != breaker[j]) {
                return false;
            }
        }
        return true;
    }

    private void findRepeats(History history, int window, int limit) {
        int left = 0; // the interval [left, right] that matches a prefix of the reversed history and reaches furthest
        int right = 0;
        for (int k = 1; k < window; k++) {
            int known = k <= right ? repeats[k - left] : 0;
            int n;
            if (k <= right && known < right - k + 1) {
                n = known;
            } else {
                int end = Math.max(k, right + 1);
                while (end < window && history.fromEnd(end) == history.fromEnd(end - k)) {
                    end++;
                }
                n = end - k;
                if (n > 0) {
                    left = k;
                    right = end - 1;
                }
            }
            repeats[k] = Math.min(n, limit);
        }
    }

    private boolean isBreaker(int token) {
        for (int[] breaker : breakers) {
            if (breaker.length == 1 && breaker[0] == token) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String name() {
        return "dry_multiplier";
    }
}

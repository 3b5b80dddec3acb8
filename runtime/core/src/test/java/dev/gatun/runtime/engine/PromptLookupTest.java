package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PromptLookupTest {

    @Test
    void goesOnAsBefore() {
        assertGuess(new int[] {3, 4, 5}, 1, 2, 3, 4, 5, 6, 9, 1, 2);
    }

    @Test
    void theLongerEndingWinsOverTheLaterOne() {
        assertGuess(new int[] {70}, 1, 2, 3, 70, 9, 2, 3, 80, 1, 2, 3);
    }

    @Test
    void theLaterOfEquallyLongEndingsWins() {
        assertGuess(new int[] {80}, 2, 3, 70, 2, 3, 80, 2, 3);
    }

    @Test
    void aPeriodGoesOnIntoTheGuesses() {
        assertGuess(new int[] {1, 2, 1, 2, 1}, 1, 2, 1, 2);
    }

    @Test
    void oneTokenInCommonIsNotEnough() {
        assertGuess(new int[] {}, 5, 1, 2, 3, 1);
        assertGuess(new int[] {}, 1, 1);
        assertGuess(new int[] {}, 7);
    }

    @Test
    void writesNoMoreThanItMay() {
        int[] tokens = {1, 2, 3, 1, 2, -1, -1};
        assertEquals(0, PromptLookup.guess(tokens, 5, 0));
        assertEquals(1, PromptLookup.guess(tokens, 5, 1));
        assertArrayEquals(new int[] {1, 2, 3, 1, 2, 3, -1}, tokens);
    }

    private static void assertGuess(int[] expected, int... known) {
        int most = Math.max(1, expected.length);
        int[] tokens = Arrays.copyOf(known, known.length + most);
        int count = PromptLookup.guess(tokens, known.length, most);
        assertArrayEquals(expected, Arrays.copyOfRange(tokens, known.length, known.length + count));
    }
}

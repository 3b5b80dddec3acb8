package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TokenKeyTest {
    private static final float[] DESCENDING = {
        Float.POSITIVE_INFINITY,
        Float.MAX_VALUE,
        1.5f,
        1,
        Float.MIN_NORMAL,
        Float.MIN_VALUE,
        0,
        -Float.MIN_VALUE,
        -1,
        -1.5f,
        -Float.MAX_VALUE,
        Float.NEGATIVE_INFINITY
    };

    @Test
    void ordersByDescendingLogit() {
        for (int i = 1; i < DESCENDING.length; i++) {
            long better = TokenKey.of(DESCENDING[i - 1], 200_000);
            long worse = TokenKey.of(DESCENDING[i], 0);
            assertTrue(Long.compareUnsigned(better, worse) < 0, DESCENDING[i - 1] + " before " + DESCENDING[i]);
        }
    }

    @Test
    void ordersTiesById() {
        assertTrue(Long.compareUnsigned(TokenKey.of(2, 3), TokenKey.of(2, 4)) < 0);
        assertTrue(Long.compareUnsigned(TokenKey.of(-0f, 3), TokenKey.of(0f, 4)) < 0);
    }

    @Test
    void givesBackWhatItWasMadeOf() {
        for (float logit : DESCENDING) {
            long key = TokenKey.of(logit, 128_255);
            assertEquals(logit, TokenKey.logit(key));
            assertEquals(128_255, TokenKey.token(key));
        }
    }
}

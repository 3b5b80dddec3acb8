package dev.gatun.sampler;

/**
 * A logit and its token in one long, in canonical order: as unsigned numbers, the greatest logit comes first and equal
 * logits go by ascending id. Both zeros are the same logit.
 */
final class TokenKey {
    private TokenKey() {}

    static long of(float logit, int token) {
        int bits = Float.floatToRawIntBits(logit + 0f);
        int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return ((long) (~ascending ^ Integer.MIN_VALUE) << 32) | token;
    }

    static int token(long key) {
        return (int) key;
    }

    static float logit(long key) {
        int ascending = ~((int) (key >>> 32) ^ Integer.MIN_VALUE);
        return Float.intBitsToFloat(ascending ^ ((ascending >> 31) & Integer.MAX_VALUE));
    }
}

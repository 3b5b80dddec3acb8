package dev.gatun.ptx.exec;

import java.util.Random;

/** In which order blocks, and warps in a block, have their turns. */
public enum Order {
    FORWARD,
    REVERSE,
    RANDOM;

    void arrange(int[] indices, long seed) {
        for (int i = 0; i < indices.length; i++) {
            indices[i] = this == REVERSE ? indices.length - 1 - i : i;
        }
        if (this == RANDOM) {
            Random random = new Random(seed);
            for (int i = indices.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = indices[i];
                indices[i] = indices[j];
                indices[j] = swapped;
            }
        }
    }

    /** Reads {@code forward}, {@code reverse} or {@code random}; the number in {@code random(7)} is the caller's. */
    public static Order parse(String text) {
        return switch (text) {
            case "forward" -> FORWARD;
            case "reverse" -> REVERSE;
            case "random" -> RANDOM;
            default ->
                throw new IllegalArgumentException(
                        "order must be forward, reverse or random(SEED), not '" + text + "'");
        };
    }
}

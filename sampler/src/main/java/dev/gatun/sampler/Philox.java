package dev.gatun.sampler;

/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * <p>The key is the seed; the counter is (choice, position). There is no state to advance: a position's numbers depend
 * on nothing that happened before, so neither batching nor an option that consumes a number moves another one.
 */
final class Philox {
    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final long WORD = 0xFFFFFFFFL;
    private static final double UNIT = 0x1p-53;

    private final long seed;
    private final int choice;
    private int word0;
    private int word1;
    private int word2;
    private int word3;

    Philox(long seed, int choice) {
        this.seed = seed;
        this.choice = choice;
    }

    /** Sets the numbers of one position. */
    void at(long position) {
        block((int) position, (int) (position >>> 32), choice, 0);
    }

    /** The number in [0, 1) that chooses a position's token. */
    double uniform() {
        return unit(word0, word1);
    }

    /** A position's other number in [0, 1), independent of {@link #uniform}. */
    double secondUniform() {
        return unit(word2, word3);
    }

    int word(int index) {
        return switch (index) {
            case 0 -> word0;
            case 1 -> word1;
            case 2 -> word2;
            default -> word3;
        };
    }

    void block(int counter0, int counter1, int counter2, int counter3) {
        int c0 = counter0;
        int c1 = counter1;
        int c2 = counter2;
        int c3 = counter3;
        int key0 = (int) seed;
        int key1 = (int) (seed >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c0 & WORD);
            long product1 = MULTIPLIER_1 * (c2 & WORD);
            c0 = (int) (product1 >>> 32) ^ c1 ^ key0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ key1;
            c3 = (int) product0;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
        word0 = c0;
        word1 = c1;
        word2 = c2;
        word3 = c3;
    }

    private static double unit(int high, int low) {
        return (((high & WORD) << 21) | ((low & WORD) >>> 11)) * UNIT;
    }
}

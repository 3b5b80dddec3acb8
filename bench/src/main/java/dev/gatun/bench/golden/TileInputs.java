package dev.gatun.bench.golden;

import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Input words of tiles: random in every block, and the awkward ones in the first. */
final class TileInputs {
    private static final float[] AWKWARD = {
        0f,
        -0f,
        1f,
        -1f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        0x1p-127f,
        Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        0.5f,
        2f,
        65_504f,
        65_520f,
        448f,
        464f,
        57_344f,
        127.5f,
        -128.5f,
        2.5f,
        -3.5f,
        0x1p-9f,
        0x1p-10f,
        0x1p-24f,
        0x1p-25f,
        (float) Math.PI,
        -126.5f,
        128f,
        1e-20f
    };

    private TileInputs() {}

    /** Float32 of every size up to {@code 2^exponent}, either sign. */
    static IntFunction<int[]> floats(int words, int leastExponent, int mostExponent) {
        return block -> {
            Random random = new Random(31L * block + words);
            int[] bits = new int[TileProgram.LANES * words];
            for (int i = 0; i < bits.length; i++) {
                double size = Math.pow(2, leastExponent + random.nextDouble() * (mostExponent - leastExponent));
                float value = (float) (random.nextBoolean() ? size : -size);
                if (block == 0 && i % words == 0) {
                    value = AWKWARD[i / words % AWKWARD.length];
                }
                bits[i] = Float.floatToRawIntBits(value);
            }
            return bits;
        };
    }

    /** All bits random. */
    static IntFunction<int[]> bits(int words) {
        return block -> new Random(77L * block + words)
                .ints((long) TileProgram.LANES * words)
                .toArray();
    }

    /**
     * Operands of a matrix product: {@code operands} words of packed elements, then {@code sums} words of accumulators. Blocks
     * take turns: small integers, whose products and sums are exact whatever the order, and random numbers.
     *
     * @param exactWord a word of packed small integers
     * @param word a word of packed random elements
     */
    static IntFunction<int[]> matrices(int operands, int sums, Words exactWord, Words word, boolean halfSums) {
        return block -> {
            Random random = new Random(13L * block + operands);
            int[] words = new int[TileProgram.LANES * (operands + sums)];
            for (int i = 0; i < words.length; i++) {
                boolean exact = block % 2 == 0;
                if (i % (operands + sums) < operands) {
                    words[i] = exact ? exactWord.next(random) : word.next(random);
                } else {
                    Supplier<Float> number =
                            () -> exact ? (float) random.nextInt(-8, 9) : (float) random.nextGaussian();
                    words[i] = halfSums
                            ? pair(half(number.get()), half(number.get()))
                            : Float.floatToRawIntBits(number.get());
                }
            }
            return words;
        };
    }

    /** Makes a word of packed elements. */
    @FunctionalInterface
    interface Words {
        int next(Random random);
    }

    static int half(float value) {
        return Float.floatToFloat16(value) & 0xFFFF;
    }

    static int bfloat(float value) {
        return Float.floatToRawIntBits(value) >>> 16;
    }

    static int pair(int low, int high) {
        return (low & 0xFFFF) | (high << 16);
    }
}

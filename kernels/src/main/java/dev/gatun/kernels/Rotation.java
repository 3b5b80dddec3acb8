package dev.gatun.kernels;

/**
 * How rotary position embedding turns a head (Su et al. 2021, "RoFormer"): pair {@code i} of a head is rotated by
 * {@code position * inverseFrequencies[i]} radians.
 *
 * @param pairs which elements form pair {@code i}
 * @param inverseFrequencies radians per position, one a pair, scaling factors included; {@code 2 * length <= headDim}:
 *     elements beyond are left as they are
 * @param magnitude factor on both cosine and sine (YaRN's attention factor; 1 elsewhere)
 */
@SuppressWarnings("ArrayRecordComponent") // shared read-only by every layer; never compared
public record Rotation(Pairs pairs, double[] inverseFrequencies, float magnitude) {

    /** The two conventions for pairing elements of a head with {@code n} rotated elements. */
    public enum Pairs {
        /** Elements {@code 2i} and {@code 2i + 1}: GGUF's llama family, whose query and key weights are permuted so. */
        ADJACENT,
        /** Elements {@code i} and {@code i + n / 2}: GPT-NeoX, Qwen. */
        HALVES
    }

    /** Rotated elements of a head. */
    public int dimensions() {
        return 2 * inverseFrequencies.length;
    }
}

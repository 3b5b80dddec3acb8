package dev.gatun.kernels.cpu;

/**
 * The inner loops, in two tiers: with vector registers, and one element at a time where the vector module is missing. For
 * matrix products both tiers and all widths give the same bits, because an output row is a lane and its sum has one
 * fixed order.
 */
interface Lanes {

    /** One phrase for the banner. */
    String description();

    /** Rows of a panel of a {@link PackedMatrix}. */
    int rows();

    /**
     * Multiplies one panel with one input row.
     *
     * @param out [lanes] from index 0
     * @param sums scratch, [groups][lanes]
     */
    void multiplyRow(PackedMatrix matrix, int panel, PreparedInput input, int row, float[] out, float[] sums);

    /**
     * Unpacks a panel into floats for {@link #multiplyTile}.
     *
     * @param codes [groups][32][lanes]
     * @param scales [groups][lanes]
     * @param minimums [groups][lanes]
     */
    void unpackPanel(PackedMatrix matrix, int panel, float[] codes, float[] scales, float[] minimums);

    /**
     * Multiplies an unpacked panel with {@link #TILE_ROWS} input rows from {@code row} on: the same bits as
     * {@link #multiplyRow} for each.
     *
     * @param out [TILE_ROWS][lanes] from index 0
     * @param sums scratch, [TILE_ROWS][lanes]
     */
    void multiplyTile(
            PackedMatrix matrix,
            float[] codes,
            float[] scales,
            float[] minimums,
            PreparedInput input,
            int row,
            float[] out,
            float[] sums);

    /** Input rows of a tile: with two vectors of outputs each they fill the 16 registers of AVX2. */
    int TILE_ROWS = 6;

    /**
     * Quantises 32 numbers as {@link dev.gatun.kernels.Activations#INT8} says.
     *
     * @return the scale; NaN if one of the numbers is not finite, 0 (and all codes 0) if all are below 2^-120
     */
    float quantise(float[] source, int from, float[] codes, int to);

    /** {@code gate[i] = gate[i] / (1 + exp(-gate[i])) * up[i]}; relative error of the exponential below 2^-21. */
    void swiGlu(float[] gate, float[] up, float[] scratch, int length);

    /**
     * {@code scores[s + t] = scale * sum_d q[qFrom + d] * keys[d][t]} for the 64 tokens of a page.
     *
     * @param keys [headDim][64]
     */
    void scores(float[] q, int qFrom, float[] keys, int headDim, float scale, float[] scores, int s);

    /**
     * Replaces {@code scores[from..from+length)} by {@code exp(score - max)}.
     *
     * @return their sum, in an order that depends on {@code length} alone
     */
    float softmax(float[] scores, int from, int length);

    /**
     * {@code out[to + d] += sum_t weights[w + t] * values[t][d]} for {@code tokens} tokens, in ascending order.
     *
     * @param values [64][headDim]
     */
    void mix(float[] weights, int w, int tokens, float[] values, int headDim, float[] out, int to);
}

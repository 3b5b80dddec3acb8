package dev.gatun.sampler;

/** Selects tokens by how typical they are. Holds the scratch space for it, which grows and stays. */
final class TypicalOrder {
    private final RankSelect select = new RankSelect();
    private long[] order = {}; // the bits of each token's distance, which order as the distances do
    private long[] selected = {};
    private double[] weights = {};

    /**
     * Keeps the tokens of least distance |(x - max) * scale - center| that reach a mass, with all that tie with the last.
     *
     * @param list weighed
     */
    void keep(TokenList list, float max, double scale, double center, double target) {
        int size = list.size();
        if (order.length < size) {
            order = new long[Math.max(size, 2 * order.length)];
            selected = new long[order.length];
            weights = new double[order.length];
        }
        for (int i = 0; i < size; i++) {
            double distance = Math.abs(((double) list.logit(i) - max) * scale - center);
            order[i] = Double.doubleToRawLongBits(distance);
            weights[i] = list.weight(i);
        }
        System.arraycopy(order, 0, selected, 0, size);
        int length = select.byMass(selected, weights, size, target, false);
        list.keepAtMost(order, selected[length - 1]);
    }
}

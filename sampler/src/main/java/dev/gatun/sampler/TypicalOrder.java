package dev.gatun.sampler;

/** Selects tokens by how typical they are. Holds the scratch space for it, which grows and stays. */
final class TypicalOrder {
    private final RankSelect select = new RankSelect();
    private long[] order = {}; // the bits of each token's distance, which order as the distances do
    private long[] selected = {};
    private double[] weights = {};
    private long most;

    /**
     * Finds the tokens of least distance |(x - max) * scale - center| that together reach a mass, and returns the greatest
     * of their distances; infinity if all tokens together do not.
     *
     * @param list weighed
     */
    double furthest(TokenList list, float max, double scale, double center, double target) {
        int size = list.size();
        if (order.length < size) {
            order = new long[Math.max(size, 2 * order.length)];
            selected = new long[order.length];
            weights = new double[order.length];
        }
        double mass = 0;
        for (int i = 0; i < size; i++) {
            double distance = Math.abs(((double) list.logit(i) - max) * scale - center);
            order[i] = Double.doubleToRawLongBits(distance);
            weights[i] = list.weight(i);
            mass += weights[i];
        }
        System.arraycopy(order, 0, selected, 0, size);
        most = selected[select.byMass(selected, weights, size, target, false) - 1];
        return mass < target ? Double.POSITIVE_INFINITY : Double.longBitsToDouble(most);
    }

    /** Keeps the tokens found last, with all that tie with the furthest. */
    void cut(TokenList list) {
        list.keepAtMost(order, most);
    }
}

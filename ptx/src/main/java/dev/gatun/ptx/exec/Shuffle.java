package dev.gatun.ptx.exec;

/** {@code shfl.sync}. A lane that reads from one that takes no part gets its own value; by the ISA it may get any. */
final class Shuffle extends WarpStep {
    enum Mode {
        UP,
        DOWN,
        BFLY,
        IDX
    }

    private final Mode mode;
    private final int destination;
    private final int predicate; // -1 for none
    private final int source;
    private final int lane;
    private final int clamp;

    Shuffle(Mode mode, int destination, int predicate, int source, int lane, int clamp, int members) {
        super(members);
        this.mode = mode;
        this.destination = destination;
        this.predicate = predicate;
        this.source = source;
        this.lane = lane;
        this.clamp = clamp;
    }

    @Override
    void execute(Warp warp, int mask) {
        int[] from = warp.i[source];
        int[] lanes = warp.i[lane];
        int[] clamps = warp.i[clamp];
        int[] out = warp.scratchInt;
        Watcher watcher = warp.block.watcher;
        if (watcher == null
                && mode == Mode.BFLY
                && mask == -1
                && predicate < 0
                && areAll(lanes, lanes[0] & 31)
                && areAll(clamps, 31)) {
            butterfly(out, from, lanes[0]);
            System.arraycopy(out, 0, warp.i[destination], 0, Warp.LANES);
            return;
        }
        int[] chosenLanes = warp.intBuffer;
        int inRange = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            int offset = lanes[n] & 31;
            int limit = clamps[n] & 31;
            int segment = clamps[n] >>> 8 & 31;
            int most = (n & segment) | (limit & ~segment);
            int least = n & segment;
            int other;
            boolean valid;
            switch (mode) {
                case UP -> {
                    other = n - offset;
                    valid = other >= most;
                }
                case DOWN -> {
                    other = n + offset;
                    valid = other <= most;
                }
                case BFLY -> {
                    other = n ^ offset;
                    valid = other <= most;
                }
                default -> {
                    other = least | (offset & ~segment);
                    valid = other <= most;
                }
            }
            int chosen = valid ? other : n;
            chosenLanes[n] = chosen;
            out[n] = (mask >>> chosen & 1) != 0 ? from[chosen] : from[n];
            inRange |= valid ? 1 << n : 0;
        }
        warp.blend(warp.i[destination], mask);
        if (predicate >= 0) {
            warp.p[predicate] = (warp.p[predicate] & ~mask) | (inRange & mask);
        }
        if (watcher != null) {
            watcher.shuffles(warp, this, mask, chosenLanes);
        }
    }

    private static boolean areAll(int[] values, int wanted) {
        int differing = 0;
        for (int n = 0; n < Warp.LANES; n++) {
            differing |= values[n] ^ wanted;
        }
        return differing == 0;
    }

    /** The whole warp with one offset and no segments: what reductions do. */
    private static void butterfly(int[] out, int[] from, int offset) {
        for (int n = 0; n < Warp.LANES; n++) {
            out[n] = from[n ^ offset];
        }
    }
}

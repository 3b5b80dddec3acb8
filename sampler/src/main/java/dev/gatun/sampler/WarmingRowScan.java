package dev.gatun.sampler;

import java.util.concurrent.locks.LockSupport;

/**
 * Scalar passes until the vector ones are compiled and have proved faster on this machine; as both give the same bits, no
 * token depends on when that is. Uncompiled vectors are objects: the first row of 49,152 logits took 400 ms instead of 30.
 *
 * <p>Once some tokens are chosen, one daemon thread a process runs the vector passes on a small row, with pauses so that
 * it takes little from whoever computes, and ends after some seconds. Where vectors never win, as on machines that
 * compile them badly, the scalar passes stay.
 */
final class WarmingRowScan implements RowScan {
    private static final int ROW = 4096; // logits
    private static final int ROUNDS = 4; // between two looks at the clock
    private static final long PAUSE_NANOS = 10_000_000L;
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final int FEW_PASSES = 64; // a sampler that makes no more is not worth it

    private static volatile boolean ready;

    private final RowScan scalar = new ScalarRowScan();
    private final RowScan vector;
    private int passes;

    WarmingRowScan(RowScan vector) {
        this.vector = vector;
    }

    private RowScan scan() {
        if (ready) {
            return vector;
        }
        if (passes++ == FEW_PASSES) {
            WarmUp.start();
        }
        return scalar;
    }

    @Override
    public String description() {
        return vector.description() + (ready ? "" : ", not compiled yet");
    }

    @Override
    public float maxima(float[] row, int length, float[] maxima) {
        return scan().maxima(row, length, maxima);
    }

    @Override
    public long atLeast(float[] row, int from, float least) {
        return (ready ? vector : scalar).atLeast(row, from, least);
    }

    @Override
    public double mass(float[] row, int length, float max, double scale) {
        return scan().mass(row, length, max, scale);
    }

    @Override
    public double moment(float[] row, int length, float max, double scale) {
        return scan().moment(row, length, max, scale);
    }

    @Override
    public double deviation(float[] row, int length) {
        return scan().deviation(row, length);
    }

    /** Loaded, and so started, once. */
    private static final class WarmUp implements Runnable {
        private static final Thread THREAD = new Thread(new WarmUp(), "gatun-sampler-warm-up");

        static {
            THREAD.setDaemon(true);
            THREAD.start();
        }

        private final float[] row = new float[ROW];
        private final float[] maxima = new float[RowScan.blocks(ROW)];
        private double sink; // keeps the passes from being optimised away

        /** Loading the class did it. */
        static void start() {}

        @Override
        public void run() {
            RowScan scalar = new ScalarRowScan();
            RowScan vector = VectorRowScan.open();
            for (int i = 0; i < ROW; i++) {
                row[i] = -(i * 37 % 101) / 8f;
            }
            long start = System.nanoTime();
            while (!ready && System.nanoTime() - start < PATIENCE_NANOS) {
                boolean faster = true;
                for (int pass = 0; pass < 5; pass++) {
                    faster &= nanos(vector, pass) < nanos(scalar, pass);
                }
                ready = faster && sink > 0;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private int atLeast(RowScan scan) {
            int count = 0;
            for (int from = 0; from < ROW; from += BLOCK) {
                count += Long.bitCount(scan.atLeast(row, from, -1));
            }
            return count;
        }

        /** The fastest of some rounds. */
        private long nanos(RowScan scan, int pass) {
            long best = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                sink += switch (pass) {
                    case 0 -> 1 + scan.maxima(row, ROW, maxima);
                    case 1 -> scan.mass(row, ROW, 0, 1);
                    case 2 -> -scan.moment(row, ROW, 0, 1);
                    case 3 -> atLeast(scan);
                    default -> scan.deviation(row, ROW);
                };
                best = Math.min(best, System.nanoTime() - start);
            }
            return best;
        }
    }
}

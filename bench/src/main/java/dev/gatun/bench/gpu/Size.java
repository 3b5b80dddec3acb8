package dev.gatun.bench.gpu;

/** How much of everything. */
public enum Size {
    /** Shapes of 8 billion weights, buffers of a gigabyte: for a GPU. */
    FULL(1, 1L << 30, 8192, 3),
    /** A sixteenth of it: the suite's own proof. */
    SMALL(16, 1L << 22, 256, 2);

    /** What widths and lengths are divided by. */
    final int division;

    final long streamBytes;
    final int gemm;

    /** Fresh seeds of a correctness gate. */
    final int trials;

    Size(int division, long streamBytes, int gemm, int trials) {
        this.division = division;
        this.streamBytes = streamBytes;
        this.gemm = gemm;
        this.trials = trials;
    }
}

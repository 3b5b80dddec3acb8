package dev.gatun.runtime.engine;

import dev.gatun.runtime.cache.KvPool;

/**
 * What a guided sequence is led away from: the same answer behind another prompt. It is computed in the same steps, its logits
 * just before those of the sequence.
 */
final class Guide {
    private final Strand strand;
    private final float[] logits; // shared by the sequences of a job, which choose one after another

    /**
     * @param capacity most tokens, the other prompt's included
     * @param logits room for a row
     */
    Guide(KvPool pool, int capacity, float[] logits) {
        this.strand = new Strand(pool, capacity);
        this.logits = logits;
    }

    Strand strand() {
        return strand;
    }

    /** The row that was read last. */
    float[] logits() {
        return logits;
    }

    void read(float[] row) {
        System.arraycopy(row, 0, logits, 0, logits.length);
    }
}

package dev.gatun.sampler;

/** A row of logits with the maxima of its blocks, through which a few tokens are found without reading all of it again. */
final class BlockedRow {
    private static final int FEW_BLOCKS = 8;
    private static final int FEW = 8; // an eighth of the blocks

    private final RowScan scan;
    private final int vocabulary;
    private final float[] maxima; // [blocks]
    private final Ranks ranks = new Ranks();
    private float[] row = {};

    BlockedRow(RowScan scan, int vocabulary) {
        this.scan = scan;
        this.vocabulary = vocabulary;
        this.maxima = new float[RowScan.blocks(vocabulary)];
    }

    int vocabulary() {
        return vocabulary;
    }

    /** Takes a row and returns its greatest logit: NaN if any is. */
    float open(float[] row) {
        this.row = row;
        return scan.maxima(row, vocabulary, maxima);
    }

    float logit(int token) {
        return row[token];
    }

    /** The lowest token of the greatest logit. */
    int first(float max) {
        int block = 0;
        while (maxima[block] != max) {
            block++;
        }
        int token = block * RowScan.BLOCK;
        while (row[token] != max) {
            token++;
        }
        return token;
    }

    /** Tokens that are not forbidden. */
    int finite() {
        return RowScan.finite(row, vocabulary);
    }

    double mass(float max, double scale) {
        return scan.mass(row, vocabulary, max, scale);
    }

    double moment(float max, double scale) {
        return scan.moment(row, vocabulary, max, scale);
    }

    double deviation() {
        return scan.deviation(row, vocabulary);
    }

    /** Whether only few blocks hold a logit of at least {@code least}, so that listing those tokens is cheap. */
    boolean hasFew(float least) {
        int count = 0;
        for (float max : maxima) {
            count += max >= least ? 1 : 0;
        }
        return count <= Math.max(FEW_BLOCKS, maxima.length / FEW);
    }

    /** Lists all tokens with a logit of at least {@code least}, which is finite. */
    void list(TokenList list, float least) {
        list.clear();
        for (int block = 0; block < maxima.length; block++) {
            if (maxima[block] >= least) {
                int from = block * RowScan.BLOCK;
                list.addAll(row, from, Math.min(vocabulary, from + RowScan.BLOCK), least);
            }
        }
    }

    /** Lists at least the {@code count} best tokens: as many reach the block maximum of that rank. */
    void listBest(TokenList list, int count) {
        float least = count > maxima.length ? -Float.MAX_VALUE : ranks.greatest(maxima, count);
        list(list, Math.max(least, -Float.MAX_VALUE));
    }
}

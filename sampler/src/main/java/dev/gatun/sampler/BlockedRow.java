package dev.gatun.sampler;

/** A row of logits with the maxima of its blocks, through which a few tokens are found without reading all of it again. */
final class BlockedRow {
    private static final int FEW_BLOCKS = 8;
    private static final int GROUPS = 4;
    private static final int FEW = 8; // an eighth of the blocks

    private final RowScan scan;
    private final int vocabulary;
    private final float[] maxima; // [blocks]
    private final float[] summits; // [blocks of maxima]
    private final float[] groups; // [groups of blocks], scratch space
    private final Ranks ranks = new Ranks();
    private float[] row = {};

    BlockedRow(RowScan scan, int vocabulary) {
        this.scan = scan;
        this.vocabulary = vocabulary;
        this.maxima = new float[RowScan.blocks(vocabulary)];
        this.summits = new float[RowScan.blocks(maxima.length)];
        this.groups = new float[maxima.length];
    }

    int vocabulary() {
        return vocabulary;
    }

    /** Takes a row and returns its greatest logit: NaN if any is. */
    float open(float[] row) {
        this.row = row;
        return scan.maxima(row, vocabulary, maxima);
    }

    /**
     * Takes up what was written into the row, and returns its greatest logit. Reads again only blocks that gained a greater
     * logit or lost their greatest.
     *
     * @param max the greatest logit before
     */
    float amend(Logits logits, float max) {
        boolean changed = false;
        for (int write = 0; write < logits.writes(); write++) {
            int token = logits.written(write);
            int block = token / RowScan.BLOCK;
            float most = maxima[block];
            // also where one of them is not a number
            if (!(row[token] <= most && logits.replaced(write) < most)) {
                maxima[block] = maximum(block);
                changed = true;
            }
        }
        return changed ? scan.maxima(maxima, maxima.length, summits) : max;
    }

    private float maximum(int block) {
        int from = block * RowScan.BLOCK;
        int to = Math.min(vocabulary, from + RowScan.BLOCK);
        float even = Float.NEGATIVE_INFINITY;
        float odd = Float.NEGATIVE_INFINITY;
        int token = from;
        for (; token < to - 1; token += 2) {
            even = Math.max(even, row[token]);
            odd = Math.max(odd, row[token + 1]);
        }
        return Math.max(Math.max(even, odd), token < to ? row[token] : even);
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
                if (from + RowScan.BLOCK <= vocabulary) {
                    list.addBlock(row, from, scan.atLeast(row, from, least));
                } else {
                    list.addAll(row, from, vocabulary, least);
                }
            }
        }
    }

    /** Lists at least the {@code count} best tokens: as many reach the greatest of a group of blocks of that rank. */
    void listBest(TokenList list, int count) {
        float least = count > maxima.length ? -Float.MAX_VALUE : rank(count);
        list(list, Math.max(least, -Float.MAX_VALUE));
    }

    /**
     * The greatest logit of that rank among those of groups of blocks. With {@value #GROUPS} times as many groups as
     * asked for, it is hardly less than that among all blocks.
     */
    private float rank(int count) {
        int size = (int) Math.min(maxima.length, (long) GROUPS * count);
        System.arraycopy(maxima, 0, groups, 0, size);
        for (int from = size; from < maxima.length; from += size) {
            int rest = Math.min(size, maxima.length - from);
            for (int i = 0; i < rest; i++) {
                groups[i] = Math.max(groups[i], maxima[from + i]);
            }
        }
        return ranks.greatest(groups, size, count);
    }
}

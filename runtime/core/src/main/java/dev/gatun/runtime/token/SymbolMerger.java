package dev.gatun.runtime.token;

/**
 * Joins neighbouring symbols of a word until no pair can be joined: always the pair of least rank, the leftmost of equals.
 * Short words are scanned, long ones go through a heap, so that n symbols take O(n log n).
 */
abstract class SymbolMerger {
    /** No pair: greater than every rank. */
    static final long NO_PAIR = Long.MAX_VALUE;

    private static final int SHORT = 48;

    /** The token of each symbol, or -1; a symbol is the bytes from its start to that of the next. */
    protected int[] ids = new int[SHORT + 1];

    protected int[] starts = new int[SHORT + 1];
    private long[] pairs = new long[SHORT + 1];
    private int[] next = new int[0];
    private int[] previous = new int[0];
    private final LongHeap heap = new LongHeap();

    /**
     * What the symbols {@code left} and {@code right} become, the bytes {@code [start, end)} of the word: the rank in the
     * upper 32 bits, at least 0, the token in the lower; or {@link #NO_PAIR}.
     */
    protected abstract long pair(int left, int right, int start, int end);

    /** Makes room for a word of {@code symbols}; what {@link #ids} and {@link #starts} held is lost. */
    protected void reserve(int symbols) {
        if (ids.length <= symbols) {
            int capacity = symbols + (symbols >> 1) + 1;
            ids = new int[capacity];
            starts = new int[capacity];
            pairs = new long[capacity];
        }
    }

    /**
     * Joins the first {@code count} symbols; {@code starts[count]} is the end of the word.
     *
     * @return how many symbols are left, in {@link #ids} and {@link #starts}
     */
    protected int merge(int count) {
        return count <= SHORT ? scan(count) : queue(count);
    }

    private int scan(int symbols) {
        int count = symbols;
        for (int i = 0; i + 1 < count; i++) {
            pairs[i] = pair(ids[i], ids[i + 1], starts[i], starts[i + 2]);
        }
        while (count > 1) {
            int best = 0;
            for (int i = 1; i + 1 < count; i++) {
                // Equal ranks are equal pairs or, for scores, different tokens: the leftmost wins either way.
                if (pairs[i] >>> 32 < pairs[best] >>> 32) {
                    best = i;
                }
            }
            if (pairs[best] == NO_PAIR) {
                break;
            }
            ids[best] = (int) pairs[best];
            count--;
            System.arraycopy(ids, best + 2, ids, best + 1, count - best - 1);
            System.arraycopy(starts, best + 2, starts, best + 1, count - best);
            System.arraycopy(pairs, best + 2, pairs, best + 1, Math.max(0, count - best - 2));
            if (best > 0) {
                pairs[best - 1] = pair(ids[best - 1], ids[best], starts[best - 1], starts[best + 1]);
            }
            if (best + 1 < count) {
                pairs[best] = pair(ids[best], ids[best + 1], starts[best], starts[best + 2]);
            }
        }
        return count;
    }

    private int queue(int count) {
        if (next.length < count) {
            next = new int[ids.length];
            previous = new int[ids.length];
        }
        for (int i = 0; i < count; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
        }
        for (int i = 0; i < count; i++) {
            enqueue(i, count);
        }
        while (!heap.isEmpty()) {
            long item = heap.pop();
            int at = (int) item;
            if (pairs[at] >>> 32 != item >>> 32) {
                continue;
            }
            int gone = next[at];
            ids[at] = (int) pairs[at];
            pairs[gone] = NO_PAIR;
            next[at] = next[gone];
            if (next[at] < count) {
                previous[next[at]] = at;
            }
            enqueue(at, count);
            if (previous[at] >= 0) {
                enqueue(previous[at], count);
            }
        }
        int left = 0;
        for (int i = 0; i < count; i = next[i]) {
            ids[left] = ids[i];
            starts[left++] = starts[i];
        }
        starts[left] = starts[count];
        return left;
    }

    private void enqueue(int at, int count) {
        int right = next[at];
        pairs[at] = right < count ? pair(ids[at], ids[right], starts[at], starts[next[right]]) : NO_PAIR;
        if (pairs[at] != NO_PAIR) {
            heap.push((pairs[at] & 0xFFFFFFFF00000000L) | at);
        }
    }
}

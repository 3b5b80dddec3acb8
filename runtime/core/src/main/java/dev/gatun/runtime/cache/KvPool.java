package dev.gatun.runtime.cache;

import dev.gatun.kernels.KvLayer;
import java.util.Arrays;

/**
 * The pages of a key-value cache, by number: which are free, how many sequences hold each, and which hold tokens that a
 * later sequence may reuse.
 *
 * <p>A page is <em>held</em> while a sequence counts on it and <em>free</em> otherwise. A free page that was published
 * keeps its contents until it is taken for something else, the longest unused first, so a later sequence that begins with
 * the same tokens may hold it again. {@code free + held = total} at all times.
 *
 * <p>Everything is a primitive array made once: no operation allocates. Not thread-safe: owned by the thread that steps.
 */
public final class KvPool {
    private static final int NONE = -1;

    private final int total;
    private final int[] holders;
    private int held;

    // Free pages as a doubly linked list, the next to be taken first.
    private final int[] next;
    private final int[] previous;
    private int first = NONE;
    private int last = NONE;

    private final PrefixIndex prefixes;

    /** A pool of {@code total} free pages. */
    public KvPool(int total) {
        if (total < 1) {
            throw new IllegalArgumentException("total=" + total);
        }
        this.total = total;
        this.holders = new int[total];
        this.next = new int[total];
        this.previous = new int[total];
        this.prefixes = new PrefixIndex(total);
        for (int page = 0; page < total; page++) {
            append(page);
        }
    }

    public int total() {
        return total;
    }

    public int held() {
        return held;
    }

    public int free() {
        return total - held;
    }

    /**
     * Takes the page that was unused the longest; its contents are forgotten.
     *
     * @throws IllegalStateException if none is free: the caller reserves before it takes
     */
    public int take() {
        if (first == NONE) {
            throw new IllegalStateException("no free page: total=" + total + ", held=" + held);
        }
        int page = first;
        prefixes.forget(page);
        hold(page);
        return page;
    }

    /** Holds a page that others hold, or that {@link #find} returned, once more. */
    public void hold(int page) {
        if (holders[page]++ == 0) {
            unlink(page);
            held++;
        }
    }

    /**
     * Gives one hold back; the page is free when nobody holds it.
     *
     * @throws IllegalStateException if nobody holds it
     */
    public void release(int page) {
        if (holders[page] == 0) {
            throw new IllegalStateException("page released twice: page=" + page);
        }
        if (--holders[page] == 0) {
            append(page);
            held--;
        }
    }

    /**
     * Makes a full page known to later sequences.
     *
     * @param page a held page whose 64 keys and values are computed
     * @param previousPage the published page of the 64 tokens before, or -1 at the start of a sequence
     * @param tokens where the page's tokens are
     * @param offset index of the first of them
     * @return the page that is known for these tokens: {@code page}, or another that was published before
     */
    public int publish(int page, int previousPage, int[] tokens, int offset) {
        return prefixes.add(page, previousPage, tokens, offset);
    }

    /**
     * The published page that continues {@code previousPage} with 64 given tokens, or -1. It must be {@linkplain #hold
     * held} before the next {@link #take}.
     */
    public int find(int previousPage, int[] tokens, int offset) {
        return prefixes.find(previousPage, tokens, offset);
    }

    /**
     * Checks the invariant by counting.
     *
     * @throws IllegalStateException if a page is lost or counted twice
     */
    public void check() {
        int linked = 0;
        for (int page = first; page != NONE && linked <= total; page = next[page]) {
            if (holders[page] != 0) {
                throw new IllegalStateException("held page in the free list: page=" + page);
            }
            linked++;
        }
        long holding = Arrays.stream(holders).filter(count -> count > 0).count();
        if (linked + holding != total || holding != held) {
            throw new IllegalStateException(
                    "pages lost: free=" + linked + ", held=" + holding + ", counted=" + held + ", total=" + total);
        }
    }

    /** Pages that {@code tokens} tokens take. */
    public static int pagesFor(int tokens) {
        return Math.ceilDiv(tokens, KvLayer.PAGE_TOKENS);
    }

    private void append(int page) {
        previous[page] = last;
        next[page] = NONE;
        if (last == NONE) {
            first = page;
        } else {
            next[last] = page;
        }
        last = page;
    }

    private void unlink(int page) {
        if (previous[page] == NONE) {
            first = next[page];
        } else {
            next[previous[page]] = next[page];
        }
        if (next[page] == NONE) {
            last = previous[page];
        } else {
            previous[next[page]] = previous[page];
        }
    }
}

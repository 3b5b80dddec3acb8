package dev.gatun.runtime.cache;

import dev.gatun.kernels.KvLayer;

/**
 * The pages of one sequence in order: page {@code i} holds positions {@code [i * 64, (i + 1) * 64)}. Holds each of them
 * in the pool until {@link #release}.
 */
public final class PageTable {
    private static final int BLOCK = KvLayer.PAGE_TOKENS;

    private final KvPool pool;
    private final int[] pages;
    private int count;
    private int published; // leading pages that later sequences may find
    private boolean publishing = true;

    /** An empty table with room for {@code capacity} pages. */
    public PageTable(KvPool pool, int capacity) {
        this.pool = pool;
        this.pages = new int[capacity];
    }

    public int[] pages() {
        return pages;
    }

    public int count() {
        return count;
    }

    /**
     * Takes over the published pages that hold the beginning of {@code tokens}, at most {@code limit} tokens of them.
     *
     * @return tokens whose keys and values need not be computed: a multiple of 64
     */
    public int adopt(int[] tokens, int limit) {
        int previous = -1;
        while ((count + 1) * BLOCK <= limit) {
            int page = pool.find(previous, tokens, count * BLOCK);
            if (page < 0) {
                break;
            }
            pool.hold(page);
            pages[count++] = page;
            previous = page;
        }
        published = count;
        return count * BLOCK;
    }

    /** Takes pages until {@code tokens} tokens have room. */
    public void reserve(int tokens) {
        while (count < KvPool.pagesFor(tokens)) {
            pages[count++] = pool.take();
        }
    }

    /** Publishes the pages that are full now that the keys and values of the first {@code length} tokens are computed. */
    public void publish(int[] tokens, int length) {
        while (publishing && (published + 1) * BLOCK <= length) {
            int previous = published == 0 ? -1 : pages[published - 1];
            // When another sequence computed the same tokens at the same time, its page is the one that is known; a
            // chain through two owners would need a second hold, so this sequence stops publishing.
            publishing = pool.publish(pages[published], previous, tokens, published * BLOCK) == pages[published];
            if (publishing) {
                published++;
            }
        }
    }

    /**
     * Makes this empty table go on from where {@code parent} stands: full pages are shared, the page that both would write to
     * is copied.
     *
     * @param tokens whose keys and values are computed; {@code parent} published up to there
     * @param copy moves the contents of a page
     */
    public void fork(PageTable parent, int tokens, PageCopy copy) {
        if (count != 0 || KvPool.pagesFor(tokens) > parent.count) {
            throw new IllegalStateException(
                    "fork of " + tokens + " tokens: pages=" + count + ", pages of the parent=" + parent.count);
        }
        int full = tokens / BLOCK;
        for (; count < full; count++) {
            pages[count] = parent.pages[count];
            pool.hold(pages[count]);
        }
        if (tokens % BLOCK != 0) {
            pages[count] = pool.take();
            copy.copy(parent.pages[count], pages[count]);
            count++;
        }
        published = Math.min(parent.published, full);
        publishing = parent.publishing;
    }

    /** Gives all pages back, the last first, so that the beginning of a conversation is forgotten last. */
    public void release() {
        while (count > 0) {
            pool.release(pages[--count]);
        }
        published = 0;
        publishing = true;
    }
}

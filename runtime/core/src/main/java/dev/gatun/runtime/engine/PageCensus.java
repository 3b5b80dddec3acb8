package dev.gatun.runtime.engine;

import dev.gatun.runtime.cache.PageTable;

/** Counts the pages that several sequences hold together, each once. Allocates nothing per count. */
final class PageCensus {
    private final int[] seen; // [page], the count it was last met in
    private int round;
    private int count;

    PageCensus(int pages) {
        this.seen = new int[pages];
    }

    void begin() {
        round++;
        count = 0;
    }

    void add(PageTable table) {
        int[] pages = table.pages();
        for (int i = 0; i < table.count(); i++) {
            if (seen[pages[i]] != round) {
                seen[pages[i]] = round;
                count++;
            }
        }
    }

    int count() {
        return count;
    }
}

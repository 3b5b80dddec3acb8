package dev.gatun.runtime.engine;

import dev.gatun.kernels.Batch;
import dev.gatun.runtime.cache.KvPool;
import dev.gatun.runtime.cache.PageCopy;
import dev.gatun.runtime.cache.PageTable;

/**
 * What a draft model has in its own cache of one strand: the keys and values of its first tokens. They stay true as long as
 * these tokens do, so that of a wrong guess nothing but the tail is computed again.
 */
final class DraftStrand {
    private final PageTable pages;
    private final PageCopy copy;
    private final int capacity;
    private int computed;

    /** @param capacity most tokens: the strand's, or the draft model's context if that is shorter */
    DraftStrand(KvPool pool, PageCopy copy, int capacity) {
        this.pages = new PageTable(pool, KvPool.pagesFor(capacity));
        this.copy = copy;
        this.capacity = capacity;
    }

    /** Most tokens it can follow. */
    int capacity() {
        return capacity;
    }

    int computed() {
        return computed;
    }

    PageTable pages() {
        return pages;
    }

    /** Takes over what the cache knows of the first {@code limit} tokens. */
    void adopt(int[] tokens, int limit) {
        computed = pages.adopt(tokens, Math.min(limit, capacity));
    }

    /** Goes on from where {@code parent} stands, whose full pages are published. */
    void fork(DraftStrand parent) {
        computed = parent.computed;
        pages.fork(parent.pages, computed, copy);
    }

    /** Forgets all but the first {@code length} tokens. */
    void keep(int length) {
        computed = Math.min(computed, length);
    }

    /** Lets later sequences find the full pages of known tokens. */
    void publish(int[] tokens, int length) {
        pages.publish(tokens, Math.min(computed, length));
    }

    /** Adds rows for the tokens up to {@code end}, the last of which asks for logits if {@code wantsLogits}. */
    void addTo(Batch batch, int[] tokens, int end, boolean wantsLogits) {
        pages.reserve(end);
        int slot = batch.addSequence(pages.pages(), pages.count());
        for (int position = computed; position < end; position++) {
            batch.add(tokens[position], position, slot, wantsLogits && position == end - 1);
        }
    }

    /** Called when the keys and values of the tokens up to {@code end} are in the cache. */
    void stepped(int end) {
        computed = end;
    }

    /** Gives the pages back. */
    void release() {
        pages.release();
        computed = 0;
    }
}

package dev.gatun.runtime.cache;

/** Copies the contents of one page of the cache over another's. */
@FunctionalInterface
public interface PageCopy {

    /** Copies page {@code source} over page {@code target}, in all layers. */
    void copy(int source, int target);
}

package dev.gatun.runtime.engine;

/** Told how far the loading of a model's weights is. */
@FunctionalInterface
public interface LoadProgress {

    /**
     * Called on the thread that opens the engine, after each tensor.
     *
     * @param doneBytes bytes of the file's tensors that the backend has taken
     * @param totalBytes bytes of all of them
     */
    void at(long doneBytes, long totalBytes);
}

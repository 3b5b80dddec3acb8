package dev.gatun.runtime.engine;

/** Receives the logits of one position after another. */
@FunctionalInterface
public interface LogitsConsumer {

    /**
     * Called on the engine's thread, in ascending position.
     *
     * @param position index of the token the logits follow: they predict token {@code position + 1}
     * @param logits one a vocabulary entry; the array is used again for the next position
     */
    void accept(int position, float[] logits);
}

package dev.gatun.runtime.engine;

/** Why a generation ended. */
public enum FinishReason {
    /** The model ended its answer, or a stop string was met. */
    STOP,
    /** {@code max_tokens} or the context length was reached. */
    LENGTH,
    /** {@link Generation#cancel} was called, or the engine was closed. */
    CANCELLED,
    /** The request failed; {@link Generation#next} throws the reason. */
    ERROR
}

package dev.gatun.runtime.engine;

/**
 * Where an engine stands.
 *
 * @param backend what computes: tier, vector width, threads, activations
 * @param context most tokens of one sequence
 * @param running sequences that take part in steps
 * @param waiting sequences that wait for room
 * @param freePages pages of the key-value caches nobody holds: the model's, and the draft model's if there is one
 * @param heldPages pages that sequences hold; {@code freePages + heldPages} is the capacity
 * @param kvBytes bytes of the whole key-value caches
 */
public record EngineStats(
        String backend, int context, int running, int waiting, int freePages, int heldPages, long kvBytes) {}

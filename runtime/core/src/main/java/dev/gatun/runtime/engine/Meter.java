package dev.gatun.runtime.engine;

/** Counts what one generation takes. Written by the engine's thread, read by any. Allocates only when it is read. */
final class Meter {
    private final long submittedNanos = System.nanoTime();
    private final int promptTokens;
    private int cachedTokens;
    private long startedNanos;
    private long firstTokenNanos;
    private long lastTokenNanos;
    private int tokens;
    private int firstTokens; // chosen from the prompt's logits
    private int prefillSteps;
    private int prefillRows;
    private long prefillNanos;
    private int prefillPages;
    private int decodeSteps;
    private int decodeRows;
    private int draftedTokens;
    private int acceptedTokens;
    private long decodeNanos;
    private int draftSteps;
    private int draftRows;
    private long draftNanos;
    private int draftPages;
    private int pages;

    Meter(int promptTokens) {
        this.promptTokens = promptTokens;
    }

    synchronized void started(int cachedTokens) {
        this.cachedTokens = cachedTokens;
        startedNanos = System.nanoTime();
    }

    synchronized void prefillStep(int rows, long nanos, int pages) {
        prefillSteps++;
        prefillRows += rows;
        prefillNanos += nanos;
        prefillPages = pages;
        this.pages = pages;
    }

    /**
     * Counts a step.
     *
     * @param rows newest tokens in it
     * @param drafted tokens that it tried beyond these
     */
    synchronized void decodeStep(int rows, int drafted, long nanos, int pages) {
        decodeSteps++;
        decodeRows += rows;
        draftedTokens += drafted;
        decodeNanos += nanos;
        this.pages = pages;
    }

    /** Counts a pass of the draft model. */
    synchronized void draftStep(int rows, long nanos, int pages) {
        draftSteps++;
        draftRows += rows;
        draftNanos += nanos;
        draftPages = pages;
    }

    /** A guess has proved right. */
    synchronized void accepted() {
        acceptedTokens++;
    }

    /** So many tokens were chosen, at the same time. */
    synchronized void tokens(int count) {
        lastTokenNanos = System.nanoTime();
        if (tokens == 0) {
            firstTokenNanos = lastTokenNanos;
            firstTokens = count;
        }
        tokens += count;
    }

    synchronized GenerationMetrics read(
            long weightByteSize, long draftWeightByteSize, long pageByteSize, long peakGpuBytes) {
        int later = tokens - firstTokens;
        double perToken = later > 0 ? milliseconds(firstTokenNanos, lastTokenNanos) * firstTokens / later : 0;
        return new GenerationMetrics(
                promptTokens,
                cachedTokens,
                tokens,
                startedNanos == 0 ? 0 : milliseconds(submittedNanos, startedNanos),
                tokens == 0 ? 0 : milliseconds(submittedNanos, firstTokenNanos),
                perToken,
                new Phase(
                        "prefill",
                        prefillSteps,
                        prefillRows,
                        prefillPages,
                        prefillNanos / 1e6,
                        prefillSteps * weightByteSize),
                new Phase(
                        "decode",
                        decodeSteps,
                        decodeRows + acceptedTokens,
                        pages - prefillPages,
                        decodeNanos / 1e6,
                        decodeSteps * weightByteSize),
                new Phase(
                        "draft", draftSteps, draftRows, draftPages, draftNanos / 1e6, draftSteps * draftWeightByteSize),
                draftedTokens,
                acceptedTokens,
                pages * pageByteSize,
                ProcessMemory.peakBytes(),
                peakGpuBytes);
    }

    private static double milliseconds(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / 1e6;
    }
}

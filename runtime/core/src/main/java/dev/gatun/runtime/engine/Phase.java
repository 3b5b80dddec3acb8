package dev.gatun.runtime.engine;

/**
 * What one phase of a generation did.
 *
 * @param name {@code prefill}, {@code decode} or {@code draft}
 * @param steps forward passes in which rows of this generation took part
 * @param rows rows of this generation in those passes
 * @param pages pages of the key-value cache that were taken
 * @param milliseconds wall time of those passes until their logits are there
 * @param weightBytes bytes of weights those passes read: a pass reads each weight once, whatever its number of rows
 */
public record Phase(String name, int steps, int rows, int pages, double milliseconds, long weightBytes) {

    /** Rows a second; 0 if the phase did not run. */
    public double rowsPerSecond() {
        return milliseconds > 0 ? rows * 1e3 / milliseconds : 0;
    }

    /** Weights read a second, in 10^9 bytes; 0 if the phase did not run. */
    public double gigabytesPerSecond() {
        return milliseconds > 0 ? weightBytes / milliseconds / 1e6 : 0;
    }
}

package dev.gatun.cuda;

import java.util.OptionalInt;

/**
 * What a GPU does at one moment; a number is absent where the GPU does not say.
 *
 * @param multiprocessorMegahertz clock of the multiprocessors
 * @param memoryMegahertz clock of the memory
 * @param milliwatts power drawn
 * @param celsius temperature of the chip
 * @param usedBytes memory that processes hold
 * @param freeBytes memory that nobody holds
 * @param totalBytes all memory
 * @param slowdowns why the clocks are below what was asked for: NVML's bits, 0 for no reason
 */
public record GpuReading(
        OptionalInt multiprocessorMegahertz,
        OptionalInt memoryMegahertz,
        OptionalInt milliwatts,
        OptionalInt celsius,
        long usedBytes,
        long freeBytes,
        long totalBytes,
        long slowdowns) {}

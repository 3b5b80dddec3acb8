package dev.gatun.bench;

import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;

/**
 * How fast this machine reads memory: each thread sums its own part of a block far larger than the caches. A matrix times
 * a vector can not be faster than this.
 */
final class ReadBandwidth {
    private static final int BLOCK_LONGS = 1 << 25; // 256 MiB
    private static final int PASSES = 4;

    private final long[][] parts;
    private long sum; // keeps the reads alive

    ReadBandwidth(int threads) {
        this.parts = new long[threads][BLOCK_LONGS / threads];
        for (long[] part : parts) {
            Arrays.fill(part, 1);
        }
    }

    /** Bytes a second of the fastest of a few passes over the block. */
    double measure() {
        long best = IntStream.range(0, PASSES).mapToLong(i -> passNanos()).min().orElseThrow();
        return (double) BLOCK_LONGS * Long.BYTES * 1e9 / best;
    }

    private long passNanos() {
        long[] sums = new long[parts.length];
        CyclicBarrier start = new CyclicBarrier(parts.length + 1);
        Thread[] threads = new Thread[parts.length];
        for (int i = 0; i < threads.length; i++) {
            int index = i;
            threads[i] = Thread.ofPlatform().start(() -> {
                await(start);
                sums[index] = sum(parts[index]);
            });
        }
        await(start);
        long begin = System.nanoTime();
        for (Thread thread : threads) {
            join(thread);
        }
        long nanos = System.nanoTime() - begin;
        for (long each : sums) {
            sum += each;
        }
        if (sum % BLOCK_LONGS != 0) {
            throw new IllegalStateException("wrong sum: " + sum);
        }
        return nanos;
    }

    private static long sum(long[] part) {
        long sum = 0;
        for (int i = 0; i < part.length; i++) {
            sum += part[i];
        }
        return sum;
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

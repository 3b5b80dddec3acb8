package dev.gatun.ptx.exec;

import dev.gatun.ptx.Dim3;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a grid is run.
 *
 * @param order     of blocks and of warps in a block
 * @param seed      for {@link Order#RANDOM}
 * @param workers   threads that run blocks; one if there is a watcher or an order other than forward
 * @param cluster   blocks that run together in each direction; null for what the entry declares, or one
 * @param lateCopies whether asynchronous copies take effect only when they are waited for, so that a missing wait shows
 * @param stepLimit warp instructions after which a kernel counts as running away
 * @param watcher   sees the run; null for none
 */
public record LaunchOptions(
        Order order,
        long seed,
        int workers,
        @Nullable Dim3 cluster,
        boolean lateCopies,
        long stepLimit,
        @Nullable Watcher watcher) {
    private static final Pattern ORDER = Pattern.compile("(\\w+)(?:\\((-?\\d{1,18})\\))?");

    /** Runs away after 2^34 warp instructions: some minutes on one core. */
    public static final LaunchOptions DEFAULT =
            new LaunchOptions(Order.FORWARD, 0, Runtime.getRuntime().availableProcessors(), null, true, 1L << 34, null);

    public LaunchOptions {
        if (workers < 1 || stepLimit < 1) {
            throw new IllegalArgumentException("must be positive: workers=" + workers + ", stepLimit=" + stepLimit);
        }
    }

    /** Reads {@code forward}, {@code reverse} or {@code random(SEED)}. */
    public LaunchOptions withOrder(String text) {
        Matcher parts = ORDER.matcher(text);
        if (!parts.matches() || (parts.group(2) != null && !parts.group(1).equals("random"))) {
            throw new IllegalArgumentException("order must be forward, reverse or random(SEED), not '" + text + "'");
        }
        String number = parts.group(2);
        return withOrder(Order.parse(parts.group(1)), number == null ? 0 : Long.parseLong(number));
    }

    public LaunchOptions withOrder(Order newOrder, long newSeed) {
        return new LaunchOptions(newOrder, newSeed, workers, cluster, lateCopies, stepLimit, watcher);
    }

    public LaunchOptions withWorkers(int count) {
        return new LaunchOptions(order, seed, count, cluster, lateCopies, stepLimit, watcher);
    }

    /** With clusters of this many blocks, as {@code cuLaunchKernelEx} has them for an attribute. */
    public LaunchOptions withCluster(Dim3 blocks) {
        return new LaunchOptions(order, seed, workers, blocks, lateCopies, stepLimit, watcher);
    }

    public LaunchOptions withLateCopies(boolean late) {
        return new LaunchOptions(order, seed, workers, cluster, late, stepLimit, watcher);
    }

    public LaunchOptions withStepLimit(long steps) {
        return new LaunchOptions(order, seed, workers, cluster, lateCopies, steps, watcher);
    }

    public LaunchOptions withWatcher(@Nullable Watcher observer) {
        return new LaunchOptions(order, seed, workers, cluster, lateCopies, stepLimit, observer);
    }

    /** The threads that may really run at once. */
    int effectiveWorkers() {
        return watcher != null || order != Order.FORWARD ? 1 : workers;
    }
}

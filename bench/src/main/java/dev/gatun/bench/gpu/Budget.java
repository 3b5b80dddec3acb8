package dev.gatun.bench.gpu;

import java.time.Duration;

/** Time that may still be spent. */
public final class Budget {
    private final long endNanos;

    private Budget(long endNanos) {
        this.endNanos = endNanos;
    }

    /** From now on. */
    public static Budget of(Duration duration) {
        return new Budget(System.nanoTime() + duration.toNanos());
    }

    /** The less of this and {@code duration} from now on. */
    public Budget atMost(Duration duration) {
        return new Budget(Math.min(endNanos, System.nanoTime() + duration.toNanos()));
    }

    public boolean isSpent() {
        return System.nanoTime() >= endNanos;
    }

    /** What is left; not negative. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
    }
}

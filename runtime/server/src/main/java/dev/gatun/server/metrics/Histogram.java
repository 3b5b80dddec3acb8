package dev.gatun.server.metrics;

import java.util.Arrays;

/** How often values up to each bound were seen. Any thread may observe. */
public final class Histogram {
    private final double[] bounds;
    private final long[] counts; // of each bucket alone; the last one has no bound
    private double sum;

    /** @param bounds the buckets' largest values, ascending */
    public Histogram(double... bounds) {
        this.bounds = bounds.clone();
        this.counts = new long[bounds.length + 1];
    }

    /** Adds a value. */
    public synchronized void observe(double value) {
        int place = Arrays.binarySearch(bounds, value);
        counts[place >= 0 ? place : -place - 1]++;
        sum += value;
    }

    /** How many values were seen. */
    public synchronized long count() {
        return Arrays.stream(counts).sum();
    }

    synchronized void write(StringBuilder text, String name, String label) {
        long total = 0;
        for (int i = 0; i < bounds.length; i++) {
            total += counts[i];
            text.append(name)
                    .append("_bucket{")
                    .append(label)
                    .append(",le=\"")
                    .append(PrometheusText.number(bounds[i]));
            text.append("\"} ").append(total).append('\n');
        }
        total += counts[bounds.length];
        text.append(name)
                .append("_bucket{")
                .append(label)
                .append(",le=\"+Inf\"} ")
                .append(total)
                .append('\n');
        text.append(name)
                .append("_sum{")
                .append(label)
                .append("} ")
                .append(PrometheusText.number(sum))
                .append('\n');
        text.append(name)
                .append("_count{")
                .append(label)
                .append("} ")
                .append(total)
                .append('\n');
    }
}

package dev.gatun.ptx.count;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A prediction of the least time that counted launches take on a chip; never a measurement.
 *
 * <p>Each resource is given its work at peak rate and the slowest names the bottleneck (Williams, Waterman and Patterson,
 * "Roofline", 2009). What is counted is PTX: the assembler fuses and unrolls, so expect 0.7 to 1.5 times as many
 * instructions. Latency, cache misses beyond the first, tails and the real clock are left out; a kernel typically takes 1.3
 * to 3 times its bound. Use it to rank variants and to see what limits them.
 *
 * @param seconds by resource; infinite where the chip has no such instruction
 * @param launchSeconds at least so much more goes by between kernels
 */
public record LowerBound(Chip chip, Map<String, Double> seconds, double launchSeconds) {
    private static final double WARP = 32;

    public LowerBound {
        seconds = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    }

    /** The bound for everything that was counted, caches cold. */
    public static LowerBound of(Counters counters, Chip chip) {
        long multiprocessors = Math.max(1, Math.min(chip.multiprocessors(), counters.mostBlocks()));
        long schedulers = Math.max(1, Math.min(Chip.SCHEDULERS * multiprocessors, counters.mostWarps()));
        double clocks = multiprocessors * chip.clockHertz();
        // Moves between registers are mostly gone once assembled.
        long issued = counters.warpInstructions() - counters.instructions(InstructionClass.MOVE);
        Map<String, Double> seconds = new LinkedHashMap<>();
        seconds.put("bytes", counters.busBytes() / chip.bytesPerSecond());
        seconds.put("issue slots", issued / (schedulers * chip.clockHertz()));
        seconds.put("tensor", tensorClocks(counters, chip) / clocks);
        seconds.put("shared memory", counters.shared().wavefronts() / clocks);
        pipe(seconds, "float32", counters, InstructionClass.FLOAT32, chip.float32() * clocks);
        pipe(seconds, "float64", counters, InstructionClass.FLOAT64, chip.float64() * clocks);
        pipe(seconds, "half", counters, InstructionClass.HALF, chip.half() * clocks);
        pipe(
                seconds,
                "special functions",
                counters,
                InstructionClass.SPECIAL_FUNCTION,
                Chip.SPECIAL_FUNCTIONS * clocks);
        pipe(seconds, "conversions", counters, InstructionClass.CONVERSION, Chip.CONVERSIONS * clocks);
        return new LowerBound(chip, seconds, counters.launches() * Chip.LAUNCH_SECONDS);
    }

    private static void pipe(
            Map<String, Double> seconds,
            String name,
            Counters counters,
            InstructionClass which,
            double lanesPerSecond) {
        seconds.put(name, counters.instructions(which) * WARP / lanesPerSecond);
    }

    private static double tensorClocks(Counters counters, Chip chip) {
        double clocks = 0;
        for (TensorKind kind : TensorKind.values()) {
            long work = counters.multiplyAdds(kind);
            Integer rate = chip.multiplyAdds().get(kind);
            if (work > 0) {
                clocks += rate == null ? Double.POSITIVE_INFINITY : (double) work / rate;
            }
        }
        return clocks;
    }

    /** The resource that takes longest; the first of equals. */
    public String bottleneck() {
        String slowest = "";
        double most = -1;
        for (Map.Entry<String, Double> resource : seconds.entrySet()) {
            if (resource.getValue() > most) {
                most = resource.getValue();
                slowest = resource.getKey();
            }
        }
        return slowest;
    }

    /** The least time of the launches themselves, without {@link #launchSeconds}. */
    public double leastSeconds() {
        return seconds.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    /** One line: the chip, the time, the bottleneck and what the other resources take. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%-9s >= %s us + %.1f launch, limited by %s (",
                chip.name(),
                micros(leastSeconds()),
                launchSeconds * 1e6,
                bottleneck()));
        seconds.forEach((name, value) -> {
            if (value > 0) {
                text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ")
                        .append(name)
                        .append(' ')
                        .append(micros(value));
            }
        });
        return text.append(')').toString();
    }

    private static String micros(double seconds) {
        double micros = seconds * 1e6;
        return String.format(Locale.ROOT, micros < 1 ? "%.3f" : micros < 100 ? "%.2f" : "%.0f", micros);
    }
}

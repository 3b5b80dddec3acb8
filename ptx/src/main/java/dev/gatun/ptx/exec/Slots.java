package dev.gatun.ptx.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The registers of a program by bank; constants are registers that all warps share and nobody writes. */
final class Slots {
    private final List<int @Nullable []> ints = new ArrayList<>();
    private final List<float @Nullable []> floats = new ArrayList<>();
    private final List<long @Nullable []> longs = new ArrayList<>();
    private final List<double @Nullable []> doubles = new ArrayList<>();
    private final Map<Long, Integer> constants = new HashMap<>();
    private final Map<Long, Integer> wideConstants = new HashMap<>();
    private int predicates;

    List<int @Nullable []> ints() {
        return ints;
    }

    List<float @Nullable []> floats() {
        return floats;
    }

    List<long @Nullable []> longs() {
        return longs;
    }

    List<double @Nullable []> doubles() {
        return doubles;
    }

    int predicates() {
        return predicates;
    }

    int add(Bank bank) {
        return switch (bank) {
            case INT -> append(ints);
            case FLOAT -> append(floats);
            case LONG -> append(longs);
            case DOUBLE -> append(doubles);
            case PREDICATE -> predicates++;
        };
    }

    private static <T> int append(List<@Nullable T> lanes) {
        lanes.add(null);
        return lanes.size() - 1;
    }

    /** The slot of a constant given by its bits. */
    int constant(Bank bank, long bits) {
        return switch (bank) {
            case INT ->
                constants.computeIfAbsent(bits & 0xFFFF_FFFFL, key -> {
                    int[] lanes = new int[Warp.LANES];
                    Arrays.fill(lanes, (int) bits);
                    ints.add(lanes);
                    return ints.size() - 1;
                });
            case FLOAT ->
                constants.computeIfAbsent((bits & 0xFFFF_FFFFL) | 1L << 40, key -> {
                    float[] lanes = new float[Warp.LANES];
                    Arrays.fill(lanes, Float.intBitsToFloat((int) bits));
                    floats.add(lanes);
                    return floats.size() - 1;
                });
            case LONG ->
                wideConstants.computeIfAbsent(bits, key -> {
                    long[] lanes = new long[Warp.LANES];
                    Arrays.fill(lanes, bits);
                    longs.add(lanes);
                    return longs.size() - 1;
                });
            case DOUBLE -> {
                double[] lanes = new double[Warp.LANES];
                Arrays.fill(lanes, Double.longBitsToDouble(bits));
                doubles.add(lanes);
                yield doubles.size() - 1;
            }
            case PREDICATE -> throw new AssertionError("predicates have no constants");
        };
    }
}

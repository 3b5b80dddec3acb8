package dev.gatun.sampler;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The passes in vector registers: the same operations on the same lanes as {@link ScalarRowScan}, so the same bits. No
 * masks: pairs of doubles have none that compile to registers (JDK 25, measured: 20 times slower). The width is the
 * machine's, at most 512 bits, or what the system property {@code gatun.vector.bits} says.
 */
final class VectorRowScan implements RowScan {
    private static final int NARROWEST = 128;
    private static final int WIDEST = 512;
    private static final VectorShape SHAPE = VectorShape.forBitSize(Math.min(
            WIDEST,
            Integer.getInteger("gatun.vector.bits", VectorShape.preferredShape().vectorBitSize())));
    private static final VectorSpecies<Float> FLOATS = SHAPE.withLanes(float.class);
    private static final VectorSpecies<Double> DOUBLES = SHAPE.withLanes(double.class);
    private static final long FLOOR_BITS = Double.doubleToRawLongBits(Exponential.FLOOR);
    private static final long MINUS_INFINITY_BITS = Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY);
    private static final int WIDTH = FLOATS.length();
    private static final int DOUBLE_WIDTH = DOUBLES.length();

    private final double[] lanes = new double[LANES];

    private VectorRowScan() {}

    /** Vector passes, or scalar ones where the machine has no vectors of two doubles. */
    static RowScan open() {
        return SHAPE.vectorBitSize() < NARROWEST ? new ScalarRowScan() : new VectorRowScan();
    }

    @Override
    public String description() {
        return "Vector API, " + SHAPE.vectorBitSize() + " bits";
    }

    @Override
    public float maxima(float[] row, int length, float[] maxima) {
        int blocks = length / BLOCK;
        float most = Float.NEGATIVE_INFINITY;
        for (int block = 0; block < blocks; block++) {
            int from = block * BLOCK;
            FloatVector max = FloatVector.fromArray(FLOATS, row, from);
            for (int i = WIDTH; i < BLOCK; i += WIDTH) {
                max = FloatVector.fromArray(FLOATS, row, from + i).max(max);
            }
            float value = max.reduceLanes(VectorOperators.MAX);
            maxima[block] = value;
            most = Math.max(most, value);
        }
        if (blocks * BLOCK < length) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = blocks * BLOCK; i < length; i++) {
                max = Math.max(max, row[i]);
            }
            maxima[blocks] = max;
            most = Math.max(most, max);
        }
        return most;
    }

    @Override
    public long atLeast(float[] row, int from, float least) {
        long bits = 0;
        for (int i = 0; i < BLOCK; i += WIDTH) {
            bits |= FloatVector.fromArray(FLOATS, row, from + i)
                            .compare(VectorOperators.GE, least)
                            .toLong()
                    << i;
        }
        return bits;
    }

    @Override
    public double mass(float[] row, int length, float max, double scale) {
        Arrays.fill(lanes, 0);
        int whole = whole(length);
        for (int i = 0; i < whole; i += DOUBLE_WIDTH) {
            int lane = i & (LANES - 1);
            DoubleVector x = exponents(row, i, max, scale);
            DoubleVector.fromArray(DOUBLES, lanes, lane).add(exp(x)).intoArray(lanes, lane);
        }
        for (int i = whole; i < length; i++) {
            lanes[i & (LANES - 1)] += ScalarRowScan.massTerm(((double) row[i] - max) * scale);
        }
        return ScalarRowScan.sum(lanes);
    }

    @Override
    public double moment(float[] row, int length, float max, double scale) {
        Arrays.fill(lanes, 0);
        int whole = whole(length);
        for (int i = 0; i < whole; i += DOUBLE_WIDTH) {
            int lane = i & (LANES - 1);
            DoubleVector x = exponents(row, i, max, scale);
            DoubleVector term = exp(x).mul(x);
            DoubleVector.fromArray(DOUBLES, lanes, lane).add(term).intoArray(lanes, lane);
        }
        for (int i = whole; i < length; i++) {
            lanes[i & (LANES - 1)] += ScalarRowScan.momentTerm(((double) row[i] - max) * scale);
        }
        return ScalarRowScan.sum(lanes);
    }

    @Override
    public double deviation(float[] row, int length) {
        int count = RowScan.finite(row, length);
        double mean = squares(row, length, 0, false) / count;
        return Math.sqrt(squares(row, length, mean, true) / count);
    }

    /** The sum of the differences from a center, or of their squares, over all that is above minus infinity. */
    private double squares(float[] row, int length, double center, boolean squared) {
        Arrays.fill(lanes, 0);
        int whole = whole(length);
        for (int i = 0; i < whole; i += DOUBLE_WIDTH) {
            int lane = i & (LANES - 1);
            DoubleVector x = doubles(row, i);
            DoubleVector difference = zeroWhereForbidden(x, x.sub(center));
            DoubleVector term = squared ? difference.mul(difference) : difference;
            DoubleVector.fromArray(DOUBLES, lanes, lane).add(term).intoArray(lanes, lane);
        }
        for (int i = whole; i < length; i++) {
            double difference = ScalarRowScan.difference(row[i], center);
            lanes[i & (LANES - 1)] += squared ? difference * difference : difference;
        }
        return ScalarRowScan.sum(lanes);
    }

    /** All bits of a lane, or none where x is minus infinity. */
    private static DoubleVector zeroWhereForbidden(DoubleVector x, DoubleVector value) {
        LongVector other = x.reinterpretAsLongs().lanewise(VectorOperators.XOR, MINUS_INFINITY_BITS);
        LongVector keep = other.or(other.neg())
                .lanewise(VectorOperators.LSHR, Long.SIZE - 1)
                .neg();
        return value.reinterpretAsLongs().and(keep).reinterpretAsDoubles();
    }

    /** Tokens that vectors cover: a load reads as many logits again as it uses. */
    private static int whole(int length) {
        return Math.max(0, length - DOUBLE_WIDTH) / LANES * LANES;
    }

    private static DoubleVector doubles(float[] row, int from) {
        return (DoubleVector) FloatVector.fromArray(FLOATS, row, from).convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    /**
     * (x - max) * scale, but at least the floor. The factors change their signs so that the maximum gives -0: then all
     * results are negative, and as longs they order by magnitude.
     */
    private static DoubleVector exponents(float[] row, int from, float max, double scale) {
        return DoubleVector.broadcast(DOUBLES, max)
                .sub(doubles(row, from))
                .mul(-scale)
                .reinterpretAsLongs()
                .lanewise(VectorOperators.MIN, FLOOR_BITS)
                .reinterpretAsDoubles();
    }

    /** {@link Exponential#exp}, lane by lane. */
    private static DoubleVector exp(DoubleVector x) {
        DoubleVector shifted = x.fma(splat(Exponential.LOG2_E), splat(Exponential.ROUNDING));
        DoubleVector n = shifted.sub(Exponential.ROUNDING);
        DoubleVector r = n.fma(splat(-Exponential.LN2_HIGH), x);
        r = n.fma(splat(-Exponential.LN2_LOW), r);
        DoubleVector p = r.fma(splat(Exponential.C10), splat(Exponential.C9));
        p = p.fma(r, splat(Exponential.C8));
        p = p.fma(r, splat(Exponential.C7));
        p = p.fma(r, splat(Exponential.C6));
        p = p.fma(r, splat(Exponential.C5));
        p = p.fma(r, splat(Exponential.C4));
        p = p.fma(r, splat(Exponential.C3));
        p = p.fma(r, splat(Exponential.C2));
        p = p.fma(r, splat(Exponential.C1));
        p = p.fma(r, splat(1));
        DoubleVector power = shifted.reinterpretAsLongs()
                .add(Exponential.EXPONENT_BIAS)
                .lanewise(VectorOperators.LSHL, Exponential.MANTISSA_BITS)
                .reinterpretAsDoubles();
        return p.mul(power);
    }

    private static DoubleVector splat(double value) {
        return DoubleVector.broadcast(DOUBLES, value);
    }
}

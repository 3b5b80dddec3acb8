package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.fail;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.WeightGroup;
import dev.gatun.kernels.device.Device;
import dev.gatun.kernels.reference.ReferenceBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.function.Function;

/** The definition and the kernels on the device under test, asked the same. */
record Twins(Backend reference, GpuBackend gpu, Arena arena) implements AutoCloseable {
    /** Unit roundoff of float32. */
    static final double ROUNDOFF = 0x1p-24;

    /** The least normal float32: what flushing to zero may cost. */
    static final double LEAST_NORMAL = 0x1p-126;

    static Twins open(Activations activations) {
        return of(activations, ContractDevice.open(), false);
    }

    static Twins of(Activations activations, Device device, boolean tensorCores) {
        return new Twins(
                new ReferenceBackend(activations), new GpuBackend(device, activations, tensorCores), Arena.ofShared());
    }

    /** Standard model of floating-point error (Higham 2002, section 3.1): relative error after {@code n} roundings. */
    static double gamma(double n) {
        return n * ROUNDOFF / (1 - n * ROUNDOFF);
    }

    /** Plain normal numbers. */
    static float[] plain(long seed, int count) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /** Normal numbers with a few spikes, zeros and very small ones among them. */
    static float[] numbers(long seed, int count) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            float plain = (float) random.nextGaussian();
            numbers[i] = switch (random.nextInt(40)) {
                case 0 -> plain * 1000;
                case 1 -> 0f;
                case 2 -> plain * 1e-20f;
                default -> plain;
            };
        }
        return numbers;
    }

    /** Weights in the file's bytes: scales of both signs, some zero, some denormal as f16. */
    static MemorySegment weights(DType type, int rows, int columns, long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[Math.toIntExact(type.byteSize(columns) * rows)];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (type.isQuantised()) {
            random.nextBytes(bytes);
            for (int at = 0; at < bytes.length; at += type.groupByteSize()) {
                float scale =
                        random.nextInt(10) == 0 ? 0x1p-20f * random.nextInt(3) : (float) random.nextGaussian() / 16;
                buffer.putShort(at, Float.floatToFloat16(scale));
                if (WeightGroup.hasMinimum(type)) {
                    buffer.putShort(at + 2, Float.floatToFloat16((float) random.nextGaussian() / 2));
                }
            }
        } else {
            while (buffer.hasRemaining()) {
                float value = (float) random.nextGaussian();
                switch (type) {
                    case F32 -> buffer.putFloat(value);
                    case F16 -> buffer.putShort(Float.floatToFloat16(value));
                    default -> buffer.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                }
            }
        }
        return MemorySegment.ofArray(bytes);
    }

    /** {@code |scale * code| + |minimum|} of each weight: what the errors of a sum are relative to. */
    static double[] magnitudes(DType type, MemorySegment bytes) {
        int count = Math.toIntExact(bytes.byteSize() / type.groupByteSize()) * type.groupSize();
        double[] magnitudes = new double[count];
        int[] codes = new int[WeightGroup.SIZE];
        for (int i = 0; i < count; i += type.groupSize()) {
            long offset = (long) i / type.groupSize() * type.groupByteSize();
            if (!type.isQuantised()) {
                magnitudes[i] = Math.abs(WeightGroup.floatElement(type, bytes, 0, i));
                continue;
            }
            WeightGroup.codes(type, bytes, offset, codes);
            double scale = Math.abs(WeightGroup.scale(bytes, offset));
            double minimum = Math.abs(WeightGroup.minimum(type, bytes, offset));
            for (int c = 0; c < codes.length; c++) {
                magnitudes[i + c] = scale * Math.abs(codes[c]) + minimum;
            }
        }
        return magnitudes;
    }

    Tensor tensor(Backend backend, float[] values, int rows, int columns) {
        Tensor tensor = backend.allocate(arena, DType.F32, rows, columns);
        backend.upload(MemorySegment.ofArray(values), tensor);
        return tensor;
    }

    static float[] floats(Backend backend, Tensor tensor) {
        float[] values = new float[tensor.rows() * tensor.columns()];
        backend.download(tensor, MemorySegment.ofArray(values));
        return values;
    }

    /** Runs {@code operation} on both, and fails where the results differ by more than the bound of their place. */
    void assertNear(String what, Function<Backend, Tensor> operation, double[] bounds) {
        float[] expected = floats(reference, operation.apply(reference));
        float[] actual = floats(gpu, operation.apply(gpu));
        for (int i = 0; i < expected.length; i++) {
            boolean same = Float.floatToIntBits(expected[i]) == Float.floatToIntBits(actual[i]);
            if (!same && !(Math.abs((double) expected[i] - actual[i]) <= bounds[i])) {
                fail(what + ": element " + i + " is " + actual[i] + ", expected " + expected[i] + " within "
                        + bounds[i]);
            }
        }
    }

    /** As {@link #assertNear} with a bound of nothing; zeros of either sign are the same. */
    void assertSame(String what, Function<Backend, Tensor> operation) {
        float[] expected = floats(reference, operation.apply(reference));
        assertNear(what, operation, new double[expected.length]);
    }

    @Override
    public void close() {
        gpu.close();
        reference.close();
        arena.close();
    }
}

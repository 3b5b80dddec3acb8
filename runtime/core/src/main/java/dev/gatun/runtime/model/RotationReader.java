package dev.gatun.runtime.model;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.Rotation;
import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufTensor;
import dev.gatun.runtime.gguf.Printable;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Reads how a model rotates its heads. Scaling is of two kinds: {@code linear} (positions divided by a factor, Chen et al.
 * 2023) and a tensor {@code rope_freqs.weight} of one divisor a pair (Llama 3.1's, computed when the file was made).
 */
final class RotationReader {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    private RotationReader() {}

    static Rotation read(GgufFile file, ModelConfig.Keys keys, int headDim) {
        int dimensions = keys.count("rope.dimension_count", 2, headDim, headDim);
        if (dimensions % 2 != 0) {
            throw new InvalidInputException(
                    keys.prefix() + "rope.dimension_count is " + dimensions + "; expected an even number.");
        }
        double base = keys.number("rope.freq_base", 10_000f, 0, 1e12);
        double factor = linearFactor(keys);
        double[] inverseFrequencies = new double[dimensions / 2];
        for (int i = 0; i < inverseFrequencies.length; i++) {
            inverseFrequencies[i] = Math.pow(base, -2.0 * i / dimensions) / factor;
        }
        file.tensor("rope_freqs.weight").ifPresent(divisors -> divide(inverseFrequencies, divisors));
        Rotation.Pairs pairs = keys.prefix().equals("llama.") ? Rotation.Pairs.ADJACENT : Rotation.Pairs.HALVES;
        return new Rotation(pairs, inverseFrequencies, 1f);
    }

    private static double linearFactor(ModelConfig.Keys keys) {
        Optional<String> type = keys.text("rope.scaling.type");
        if (type.isEmpty() || type.get().equals("none")) {
            return keys.number("rope.scale_linear", 1f, 0, 1e6);
        }
        if (!type.get().equals("linear")) {
            throw new InvalidInputException(keys.prefix() + "rope.scaling.type is '" + Printable.of(type.get())
                    + "'; supported are 'none', 'linear' and factors in rope_freqs.weight.");
        }
        return keys.number("rope.scaling.factor", 1f, 0, 1e6);
    }

    private static void divide(double[] inverseFrequencies, GgufTensor divisors) {
        if (divisors.type() != DType.F32 || divisors.columns() != inverseFrequencies.length || divisors.rows() != 1) {
            throw new InvalidInputException("rope_freqs.weight is " + divisors.type() + " [" + divisors.rows() + "]["
                    + divisors.columns() + "]; expected F32 [1][" + inverseFrequencies.length + "].");
        }
        for (int i = 0; i < inverseFrequencies.length; i++) {
            float divisor = divisors.data().getAtIndex(FLOAT, i);
            if (!(divisor > 0) || Float.isInfinite(divisor)) {
                throw new InvalidInputException(
                        "rope_freqs.weight[" + i + "] is " + divisor + "; expected a positive finite number.");
            }
            inverseFrequencies[i] /= divisor;
        }
    }
}

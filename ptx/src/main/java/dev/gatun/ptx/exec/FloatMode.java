package dev.gatun.ptx.exec;

import dev.gatun.ptx.num.FloatMath;
import dev.gatun.ptx.num.Rounding;
import dev.gatun.ptx.verify.Operation;

/**
 * The modifiers of a floating instruction.
 *
 * @param signXor {@code .xorsign.abs}
 */
record FloatMode(Rounding rounding, boolean flushes, boolean saturates, boolean relu, boolean nan, boolean signXor) {
    static FloatMode of(Operation operation) {
        return new FloatMode(
                Rounding.of(operation.word("R")),
                operation.has("ftz"),
                operation.has("sat"),
                operation.has("relu"),
                operation.has("NaN"),
                operation.has("xorsign"));
    }

    /** Whether the result is Java's. */
    boolean isPlain() {
        return rounding == Rounding.NEAREST_EVEN && !flushes && !saturates && !relu && !signXor;
    }

    float prepare(float value) {
        return flushes ? FloatMath.flush(value) : value;
    }

    float finish(float value) {
        float flushed = flushes ? FloatMath.flush(value) : value;
        if (relu && flushed < 0) {
            return 0;
        }
        return saturates ? FloatMath.saturate(flushed) : flushed;
    }
}

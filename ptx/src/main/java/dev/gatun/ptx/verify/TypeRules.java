package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.PtxType.Kind;

/** Which registers an instruction type accepts (PTX ISA, "Type Checking Rules"). */
final class TypeRules {
    private TypeRules() {}

    /**
     * Whether a register declared {@code declared} may stand where the instruction says {@code wanted}.
     *
     * @param loose loads, stores and conversions: a wider register is fine, but integers do not go to floats
     */
    static boolean agrees(PtxType wanted, PtxType declared, boolean loose) {
        if (wanted == PtxType.PRED || declared == PtxType.PRED) {
            return wanted == declared;
        }
        if (loose && wanted.kind() != Kind.FLOAT) {
            boolean mixes = wanted.isInteger() && declared.kind() == Kind.FLOAT;
            return declared.byteSize() >= wanted.byteSize() && !mixes;
        }
        if (wanted.byteSize() != declared.byteSize()) {
            return false;
        }
        if (wanted.kind() == Kind.BITS || declared.kind() == Kind.BITS) {
            return true;
        }
        if (wanted.isInteger()) {
            return declared.isInteger();
        }
        return wanted == declared || (wanted == PtxType.TF32 && declared.isInteger());
    }

    /** Whether a floating constant may stand where the instruction says {@code wanted}. */
    static boolean takesReal(PtxType wanted) {
        return switch (wanted) {
            case F32, F64, B32, B64 -> true;
            default -> false;
        };
    }

    /** Whether {@code value} fits the width, signed or unsigned. */
    static boolean fits(long value, PtxType type) {
        int bits = 8 * type.byteSize();
        if (bits >= 64) {
            return true;
        }
        return value >= -(1L << (bits - 1)) && value < 1L << bits;
    }

    static boolean takesInteger(PtxType wanted) {
        return wanted.isInteger() || wanted.kind() == Kind.BITS || wanted.kind() == Kind.PACKED;
    }
}

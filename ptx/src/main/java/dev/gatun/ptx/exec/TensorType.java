package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import org.jspecify.annotations.Nullable;

/** The types of elements that a tensor map can have; those that convert on the way (FTZ, TF32) are left out. */
public enum TensorType {
    UINT8(0, null, 1, 0),
    UINT16(1, null, 2, 0),
    UINT32(2, PtxType.U32, 4, 0),
    INT32(3, PtxType.S32, 4, 0),
    UINT64(4, PtxType.U64, 8, 0),
    INT64(5, PtxType.S64, 8, 0),
    FLOAT16(6, PtxType.F16, 2, 0x7FFF),
    FLOAT32(7, PtxType.F32, 4, 0x7FFF_FFFF),
    FLOAT64(8, PtxType.F64, 8, 0x7FFF_FFFF_FFFF_FFFFL),
    BFLOAT16(9, PtxType.BF16, 2, 0x7FFF);

    private final int code;
    private final @Nullable PtxType reduced;
    private final int byteSize;
    private final long nanBits;

    TensorType(int code, @Nullable PtxType reduced, int byteSize, long nanBits) {
        this.code = code;
        this.reduced = reduced;
        this.byteSize = byteSize;
        this.nanBits = nanBits;
    }

    /** The number that {@code CUtensorMapDataType} has for it. */
    public int code() {
        return code;
    }

    public int byteSize() {
        return byteSize;
    }

    public boolean isFloating() {
        return nanBits != 0;
    }

    long nanBits() {
        return nanBits;
    }

    /** How a reduction joins such elements, as in {@code cp.reduce.async.bulk}; null if there is none. */
    @Nullable
    Reduction reduction(Reduction.Op op) {
        PtxType type = reduced;
        if (type == null) {
            return null;
        }
        boolean exists = switch (op) {
            case AND, OR, XOR -> !isFloating();
            case INC, DEC -> type == PtxType.U32;
            case ADD -> type != PtxType.S64;
            case MIN, MAX -> type != PtxType.F32 && type != PtxType.F64;
        };
        return exists ? new Reduction(op, type) : null;
    }
}

package dev.gatun.ptx;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A scalar type of PTX, including the packed ones that fill one register. */
public enum PtxType {
    PRED(Kind.PREDICATE, 1),
    B8(Kind.BITS, 1),
    B16(Kind.BITS, 2),
    B32(Kind.BITS, 4),
    B64(Kind.BITS, 8),
    B128(Kind.BITS, 16),
    U8(Kind.UNSIGNED, 1),
    U16(Kind.UNSIGNED, 2),
    U32(Kind.UNSIGNED, 4),
    U64(Kind.UNSIGNED, 8),
    S8(Kind.SIGNED, 1),
    S16(Kind.SIGNED, 2),
    S32(Kind.SIGNED, 4),
    S64(Kind.SIGNED, 8),
    F16(Kind.FLOAT, 2),
    BF16(Kind.FLOAT, 2),
    TF32(Kind.FLOAT, 4),
    F32(Kind.FLOAT, 4),
    F64(Kind.FLOAT, 8),
    F16X2(Kind.PACKED, 4),
    BF16X2(Kind.PACKED, 4),
    U16X2(Kind.PACKED, 4),
    S16X2(Kind.PACKED, 4),
    E4M3X2(Kind.PACKED, 2),
    E5M2X2(Kind.PACKED, 2),
    E4M3(Kind.FLOAT, 1),
    E5M2(Kind.FLOAT, 1);

    /** What the bits of a value mean. */
    public enum Kind {
        PREDICATE,
        BITS,
        UNSIGNED,
        SIGNED,
        FLOAT,
        PACKED
    }

    private static final Map<String, PtxType> BY_SUFFIX = new HashMap<>();

    static {
        for (PtxType type : values()) {
            BY_SUFFIX.put(type.suffix(), type);
        }
    }

    private final Kind kind;
    private final int byteSize;

    PtxType(Kind kind, int byteSize) {
        this.kind = kind;
        this.byteSize = byteSize;
    }

    /** The type written {@code .suffix}, or null if there is none. */
    public static @Nullable PtxType of(String suffix) {
        return BY_SUFFIX.get(suffix);
    }

    public Kind kind() {
        return kind;
    }

    public int byteSize() {
        return byteSize;
    }

    public boolean isInteger() {
        return kind == Kind.UNSIGNED || kind == Kind.SIGNED;
    }

    public boolean isSigned() {
        return kind == Kind.SIGNED;
    }

    /** The name as PTX writes it after the dot. */
    public String suffix() {
        return name().toLowerCase(Locale.ROOT);
    }
}

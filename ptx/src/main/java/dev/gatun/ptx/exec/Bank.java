package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;

/** The array type that holds a register: {@code int}, {@code float}, {@code long} or {@code double} lanes, or a bit mask. */
public enum Bank {
    INT(0),
    FLOAT(1),
    LONG(2),
    DOUBLE(3),
    PREDICATE(4);

    private final int code;

    Bank(int code) {
        this.code = code;
    }

    /** Where instructions of a type want their operands; 16-bit values lie zero-extended in ints. */
    static Bank of(PtxType type) {
        return switch (type) {
            case PRED -> PREDICATE;
            case F32 -> FLOAT;
            case F64 -> DOUBLE;
            case B64, U64, S64 -> LONG;
            default -> INT;
        };
    }

    /** Whether both hold the same number of bits. */
    boolean isCastOf(Bank other) {
        return isWide() == other.isWide();
    }

    boolean isWide() {
        return this == LONG || this == DOUBLE;
    }

    /** A register of this bank as one number, for the lists that watchers read. */
    public int slot(int index) {
        return (code << 24) | index;
    }

    /** The bank in a number that {@link #slot} gave: 0 to 4 in the order of this enum. */
    public static int bankOf(int slot) {
        return slot >>> 24;
    }

    /** The register in a number that {@link #slot} gave. */
    public static int indexOf(int slot) {
        return slot & 0xFF_FFFF;
    }
}

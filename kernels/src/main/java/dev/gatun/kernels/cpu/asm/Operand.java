package dev.gatun.kernels.cpu.asm;

import org.jspecify.annotations.Nullable;

/** One operand of an instruction as the text has it. */
sealed interface Operand {

    /** Column of its first character, from 0. */
    int index();

    /** Kinds of registers; vectors by their length. */
    enum Kind {
        R32(4),
        R64(8),
        XMM(16),
        YMM(32),
        ZMM(64),
        MASK(8);

        private final int byteSize;

        Kind(int byteSize) {
            this.byteSize = byteSize;
        }

        int byteSize() {
            return byteSize;
        }

        boolean isVector() {
            return this == XMM || this == YMM || this == ZMM;
        }
    }

    /** A register by its number. */
    record Register(int index, Kind kind, int number) implements Operand {}

    /**
     * {@code [base + at * scale + displacement]}.
     *
     * @param byteSize what {@code dword ptr} and its like say, 0 if nothing
     * @param broadcast the n of {@code {1ton}}, 0 if absent
     */
    record Memory(
            int index,
            @Nullable Register base,
            @Nullable Register at,
            int scale,
            int displacement,
            int byteSize,
            int broadcast)
            implements Operand {}

    /** A number. */
    record Immediate(int index, long value) implements Operand {}

    /** The name of a place in the code. */
    record Label(int index, String name) implements Operand {}
}

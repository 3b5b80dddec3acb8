package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;

/**
 * One element of a load or store: a register and its width in memory.
 *
 * @param byteSize in memory: 1, 2, 4 or 8
 * @param signed   whether a narrow load extends the sign
 * @param keep     bits that the register has: 16-bit registers lie zero-extended in ints
 */
record Cell(Bank bank, int slot, int byteSize, boolean signed, int keep) {
    static Cell of(Bank bank, int slot, PtxType type, PtxType register) {
        return new Cell(
                bank,
                slot,
                type.byteSize(),
                type.isSigned(),
                register.byteSize() < 4 ? (1 << (8 * register.byteSize())) - 1 : -1);
    }

    /** A loaded value of one or two bytes as the register holds it. */
    int extend(int value) {
        int extended =
                signed ? (byteSize == 1 ? (byte) value : (short) value) : value & (byteSize == 1 ? 0xFF : 0xFFFF);
        return extended & keep;
    }
}

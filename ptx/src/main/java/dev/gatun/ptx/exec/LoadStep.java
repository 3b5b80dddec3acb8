package dev.gatun.ptx.exec;

import dev.gatun.ptx.StateSpace;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code ld} of one to four elements. */
final class LoadStep extends MemoryStep {
    private final Cell[] cells;
    private final boolean acquires;
    private final @Nullable Bank uniform;
    private final boolean direct; // the addresses can be taken from the register without a copy

    LoadStep(Address address, Cell[] cells, Watcher.Access access, boolean acquires) {
        super(address, cells.length * cells[0].byteSize(), access);
        this.cells = cells;
        this.acquires = acquires;
        this.uniform = uniform(cells);
        this.direct = uniform != null
                && !acquires
                && address.space() == StateSpace.GLOBAL
                && address.slot() >= 0
                && !address.narrow();
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void after(Warp warp, int mask) {
        if (acquires) {
            VarHandle.fullFence();
            warp.block.noteSharedState();
        }
    }

    @Override
    boolean runWhole(Warp warp) {
        if (!direct) {
            return false;
        }
        long[] at = warp.l[address.slot()];
        GlobalMemory.Allocation allocation = lastAllocation(warp);
        long start = allocation.address() - address.offsetBytes();
        if (!fits(at, start, allocation)) {
            return false;
        }
        if (isContiguous(at)) {
            transferWhole(warp, allocation.segment(), at[0] - start);
        } else {
            transfer(warp, -1, at, allocation.segment(), start);
        }
        return true;
    }

    /** The bank of all cells if they are alike and 32 bits wide, otherwise null. */
    private static @Nullable Bank uniform(Cell[] cells) {
        Bank bank = cells[0].bank();
        for (Cell cell : cells) {
            if (cell.byteSize() != 4 || cell.bank() != bank) {
                return null;
            }
        }
        return bank == Bank.FLOAT || bank == Bank.INT ? bank : null;
    }

    @Override
    boolean transferWhole(Warp warp, MemorySegment segment, long offset) {
        if (uniform == null) {
            return false;
        }
        int count = cells.length;
        if (uniform == Bank.FLOAT) {
            float[] to = count == 1 ? warp.f[cells[0].slot()] : warp.floatBuffer;
            MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, to, 0, count * Warp.LANES);
            for (int e = 0; e < count && count > 1; e++) {
                spread(warp.f[cells[e].slot()], to, e, count);
            }
        } else {
            int[] to = count == 1 ? warp.i[cells[0].slot()] : warp.intBuffer;
            MemorySegment.copy(segment, ValueLayout.JAVA_INT_UNALIGNED, offset, to, 0, count * Warp.LANES);
            for (int e = 0; e < count && count > 1; e++) {
                spread(warp.i[cells[e].slot()], to, e, count);
            }
        }
        return true;
    }

    private static void spread(float[] out, float[] buffer, int first, int stride) {
        if (stride == 4) {
            for (int n = 0; n < Warp.LANES; n++) {
                out[n] = buffer[first + n * 4];
            }
        } else {
            for (int n = 0; n < Warp.LANES; n++) {
                out[n] = buffer[first + n * 2];
            }
        }
    }

    private static void spread(int[] out, int[] buffer, int first, int stride) {
        if (stride == 4) {
            for (int n = 0; n < Warp.LANES; n++) {
                out[n] = buffer[first + n * 4];
            }
        } else {
            for (int n = 0; n < Warp.LANES; n++) {
                out[n] = buffer[first + n * 2];
            }
        }
    }

    @Override
    void transfer(Warp warp, int mask, long[] at, MemorySegment segment, long base) {
        if (mask == -1 && uniform != null && cells.length == 4) {
            quads(warp, at, segment, base);
            return;
        }
        for (int e = 0; e < cells.length; e++) {
            Cell cell = cells[e];
            long from = base - (long) e * cell.byteSize();
            switch (cell.byteSize()) {
                case 4 -> {
                    if (cell.bank() == Bank.FLOAT) {
                        floats(warp.f[cell.slot()], mask, at, segment, from);
                    } else if (cell.bank() == Bank.INT) {
                        ints(warp.i[cell.slot()], mask, at, segment, from);
                    } else {
                        wideInts(cell, warp.l[cell.slot()], mask, at, segment, from);
                    }
                }
                case 8 -> {
                    if (cell.bank() == Bank.DOUBLE) {
                        doubles(warp.d[cell.slot()], mask, at, segment, from);
                    } else {
                        longs(warp.l[cell.slot()], mask, at, segment, from);
                    }
                }
                default -> narrow(cell, warp, mask, at, segment, from);
            }
        }
    }

    private void quads(Warp warp, long[] at, MemorySegment segment, long base) {
        int a = cells[0].slot();
        int b = cells[1].slot();
        int c = cells[2].slot();
        int d = cells[3].slot();
        if (uniform == Bank.FLOAT) {
            quads(warp.f[a], warp.f[b], warp.f[c], warp.f[d], at, segment, base);
        } else {
            quads(warp.i[a], warp.i[b], warp.i[c], warp.i[d], at, segment, base);
        }
    }

    private static void quads(
            float[] first, float[] second, float[] third, float[] fourth, long[] at, MemorySegment segment, long base) {
        for (int n = 0; n < Warp.LANES; n++) {
            long offset = at[n] - base;
            first[n] = segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset);
            second[n] = segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 4);
            third[n] = segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 8);
            fourth[n] = segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 12);
        }
    }

    private static void quads(
            int[] first, int[] second, int[] third, int[] fourth, long[] at, MemorySegment segment, long base) {
        for (int n = 0; n < Warp.LANES; n++) {
            long offset = at[n] - base;
            first[n] = segment.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
            second[n] = segment.get(ValueLayout.JAVA_INT_UNALIGNED, offset + 4);
            third[n] = segment.get(ValueLayout.JAVA_INT_UNALIGNED, offset + 8);
            fourth[n] = segment.get(ValueLayout.JAVA_INT_UNALIGNED, offset + 12);
        }
    }

    private static void floats(float[] out, int mask, long[] at, MemorySegment segment, long base) {
        if (mask == -1) {
            for (int n = 0; n < Warp.LANES; n++) {
                out[n] = segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at[n] - base);
            }
            return;
        }
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                out[n] = segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at[n] - base);
            }
        }
    }

    private static void ints(int[] out, int mask, long[] at, MemorySegment segment, long base) {
        if (mask == -1) {
            for (int n = 0; n < Warp.LANES; n++) {
                out[n] = segment.get(ValueLayout.JAVA_INT_UNALIGNED, at[n] - base);
            }
            return;
        }
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                out[n] = segment.get(ValueLayout.JAVA_INT_UNALIGNED, at[n] - base);
            }
        }
    }

    private static void wideInts(Cell cell, long[] out, int mask, long[] at, MemorySegment segment, long base) {
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                int value = segment.get(ValueLayout.JAVA_INT_UNALIGNED, at[n] - base);
                out[n] = cell.signed() ? value : value & 0xFFFF_FFFFL;
            }
        }
    }

    private static void longs(long[] out, int mask, long[] at, MemorySegment segment, long base) {
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                out[n] = segment.get(ValueLayout.JAVA_LONG_UNALIGNED, at[n] - base);
            }
        }
    }

    private static void doubles(double[] out, int mask, long[] at, MemorySegment segment, long base) {
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                out[n] = segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at[n] - base);
            }
        }
    }

    private static void narrow(Cell cell, Warp warp, int mask, long[] at, MemorySegment segment, long base) {
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                int value = cell.byteSize() == 1
                        ? segment.get(ValueLayout.JAVA_BYTE, at[n] - base)
                        : segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, at[n] - base);
                put(cell, warp, n, value);
            }
        }
    }

    private static void put(Cell cell, Warp warp, int lane, int value) {
        int extended = cell.extend(value);
        if (cell.bank() == Bank.LONG) {
            warp.l[cell.slot()][lane] = extended;
        } else {
            warp.i[cell.slot()][lane] = extended;
        }
    }

    @Override
    void transfer(Warp warp, int mask, long[] at, byte[] memory) {
        if (mask == -1 && address.slot() < 0 && address.space() != StateSpace.LOCAL) {
            broadcast(warp, memory, (int) at[0]);
            return;
        }
        for (int e = 0; e < cells.length; e++) {
            Cell cell = cells[e];
            int shift = e * cell.byteSize();
            if (cell.byteSize() == 4 && cell.bank() == Bank.FLOAT) {
                floats(warp.f[cell.slot()], mask, at, memory, shift);
            } else if (cell.byteSize() == 4 && cell.bank() == Bank.INT) {
                ints(warp.i[cell.slot()], mask, at, memory, shift);
            } else {
                for (int n = 0; n < Warp.LANES; n++) {
                    if ((mask >>> n & 1) != 0) {
                        rare(cell, warp, n, memory, (int) at[n] + shift);
                    }
                }
            }
        }
    }

    /** All lanes read the same address: parameters, mostly. */
    private void broadcast(Warp warp, byte[] memory, int offset) {
        for (int e = 0; e < cells.length; e++) {
            Cell cell = cells[e];
            rareOrWord(cell, warp, memory, offset + e * cell.byteSize());
            switch (cell.bank()) {
                case INT -> Arrays.fill(warp.i[cell.slot()], warp.i[cell.slot()][0]);
                case FLOAT -> Arrays.fill(warp.f[cell.slot()], warp.f[cell.slot()][0]);
                case LONG -> Arrays.fill(warp.l[cell.slot()], warp.l[cell.slot()][0]);
                default -> Arrays.fill(warp.d[cell.slot()], warp.d[cell.slot()][0]);
            }
        }
    }

    private static void rareOrWord(Cell cell, Warp warp, byte[] memory, int offset) {
        if (cell.byteSize() == 4 && cell.bank() == Bank.FLOAT) {
            warp.f[cell.slot()][0] = Bytes.readFloat(memory, offset);
        } else if (cell.byteSize() == 4 && cell.bank() == Bank.INT) {
            warp.i[cell.slot()][0] = Bytes.readInt(memory, offset);
        } else {
            rare(cell, warp, 0, memory, offset);
        }
    }

    private static void floats(float[] out, int mask, long[] at, byte[] memory, int shift) {
        if (mask == -1) {
            for (int n = 0; n < Warp.LANES; n++) {
                out[n] = Bytes.readFloat(memory, (int) at[n] + shift);
            }
            return;
        }
        for (int n = 0; n < Warp.LANES; n++) {
            if (((mask >>> n) & 1) != 0) {
                out[n] = Bytes.readFloat(memory, (int) at[n] + shift);
            }
        }
    }

    private static void ints(int[] out, int mask, long[] at, byte[] memory, int shift) {
        if (mask == -1) {
            for (int n = 0; n < Warp.LANES; n++) {
                out[n] = Bytes.readInt(memory, (int) at[n] + shift);
            }
            return;
        }
        for (int n = 0; n < Warp.LANES; n++) {
            if (((mask >>> n) & 1) != 0) {
                out[n] = Bytes.readInt(memory, (int) at[n] + shift);
            }
        }
    }

    private static void rare(Cell cell, Warp warp, int lane, byte[] memory, int offset) {
        switch (cell.byteSize()) {
            case 1 -> put(cell, warp, lane, memory[offset]);
            case 2 -> put(cell, warp, lane, Bytes.readShort(memory, offset));
            case 4 -> {
                int value = Bytes.readInt(memory, offset);
                warp.l[cell.slot()][lane] = cell.signed() ? value : value & 0xFFFF_FFFFL;
            }
            default -> {
                long value = Bytes.readLong(memory, offset);
                if (cell.bank() == Bank.DOUBLE) {
                    warp.d[cell.slot()][lane] = Double.longBitsToDouble(value);
                } else {
                    warp.l[cell.slot()][lane] = value;
                }
            }
        }
    }
}

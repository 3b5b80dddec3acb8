package dev.gatun.ptx.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** {@code ld} of one to four elements. */
final class LoadStep extends MemoryStep {
    private final Cell[] cells;
    private final boolean acquires;
    private final @Nullable Bank uniform;

    LoadStep(Address address, Cell[] cells, Watcher.Access access, boolean acquires) {
        super(address, cells.length * cells[0].byteSize(), access);
        this.cells = cells;
        this.acquires = acquires;
        this.uniform = uniform(cells);
    }

    @Override
    void after(Warp warp, int mask) {
        if (acquires) {
            VarHandle.fullFence();
            warp.block.noteSharedState();
        }
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

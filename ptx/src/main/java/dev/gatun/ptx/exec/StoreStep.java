package dev.gatun.ptx.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** {@code st} of one to four elements; lanes that hit the same address are served in lane order. */
final class StoreStep extends MemoryStep {
    private final Cell[] cells;
    private final boolean releases;

    StoreStep(Address address, Cell[] cells, boolean releases) {
        super(address, cells.length * cells[0].byteSize(), Watcher.Access.WRITE);
        this.cells = cells;
        this.releases = releases;
    }

    @Override
    boolean isStraight() {
        return true;
    }

    @Override
    void before(Warp warp, int mask) {
        if (releases) {
            VarHandle.fullFence();
        }
    }

    @Override
    void after(Warp warp, int mask) {
        if (releases) {
            VarHandle.fullFence();
        }
    }

    @Override
    boolean transferWhole(Warp warp, MemorySegment segment, long offset) {
        if (cells.length != 1 || cells[0].byteSize() != 4) {
            return false;
        }
        if (cells[0].bank() == Bank.FLOAT) {
            float[] values = warp.f[cells[0].slot()];
            MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, Warp.LANES);
            return true;
        }
        if (cells[0].bank() == Bank.INT) {
            int[] values = warp.i[cells[0].slot()];
            MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_INT_UNALIGNED, offset, Warp.LANES);
            return true;
        }
        return false;
    }

    @Override
    void transfer(Warp warp, int mask, long[] at, MemorySegment segment, long base) {
        for (int e = 0; e < cells.length; e++) {
            Cell cell = cells[e];
            long to = base - (long) e * cell.byteSize();
            if (cell.byteSize() == 4 && cell.bank() == Bank.FLOAT) {
                float[] values = warp.f[cell.slot()];
                for (int n = 0; n < Warp.LANES; n++) {
                    if ((mask >>> n & 1) != 0) {
                        segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at[n] - to, values[n]);
                    }
                }
            } else if (cell.byteSize() == 4 && cell.bank() == Bank.INT) {
                int[] values = warp.i[cell.slot()];
                for (int n = 0; n < Warp.LANES; n++) {
                    if ((mask >>> n & 1) != 0) {
                        segment.set(ValueLayout.JAVA_INT_UNALIGNED, at[n] - to, values[n]);
                    }
                }
            } else {
                for (int n = 0; n < Warp.LANES; n++) {
                    if ((mask >>> n & 1) != 0) {
                        rare(cell, bits(cell, warp, n), segment, at[n] - to);
                    }
                }
            }
        }
    }

    private static void rare(Cell cell, long bits, MemorySegment segment, long offset) {
        switch (cell.byteSize()) {
            case 1 -> segment.set(ValueLayout.JAVA_BYTE, offset, (byte) bits);
            case 2 -> segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) bits);
            case 4 -> segment.set(ValueLayout.JAVA_INT_UNALIGNED, offset, (int) bits);
            default -> segment.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, bits);
        }
    }

    private static long bits(Cell cell, Warp warp, int lane) {
        return switch (cell.bank()) {
            case INT -> warp.i[cell.slot()][lane];
            case FLOAT -> Float.floatToRawIntBits(warp.f[cell.slot()][lane]);
            case LONG -> warp.l[cell.slot()][lane];
            case DOUBLE -> Double.doubleToRawLongBits(warp.d[cell.slot()][lane]);
            case PREDICATE -> throw new AssertionError("predicates are not stored");
        };
    }

    @Override
    void transfer(Warp warp, int mask, long[] at, byte[] memory) {
        for (int e = 0; e < cells.length; e++) {
            Cell cell = cells[e];
            int shift = e * cell.byteSize();
            if (mask == -1 && cell.byteSize() == 4 && cell.bank() == Bank.FLOAT) {
                floats(warp.f[cell.slot()], at, memory, shift);
                continue;
            }
            if (mask == -1 && cell.byteSize() == 4 && cell.bank() == Bank.INT) {
                ints(warp.i[cell.slot()], at, memory, shift);
                continue;
            }
            for (int n = 0; n < Warp.LANES; n++) {
                if ((mask >>> n & 1) != 0) {
                    long bits = bits(cell, warp, n);
                    int offset = (int) at[n] + shift;
                    switch (cell.byteSize()) {
                        case 1 -> memory[offset] = (byte) bits;
                        case 2 -> Bytes.writeShort(memory, offset, (int) bits);
                        case 4 -> Bytes.writeInt(memory, offset, (int) bits);
                        default -> Bytes.writeLong(memory, offset, bits);
                    }
                }
            }
        }
    }

    private static void floats(float[] values, long[] at, byte[] memory, int shift) {
        for (int n = 0; n < Warp.LANES; n++) {
            Bytes.writeFloat(memory, (int) at[n] + shift, values[n]);
        }
    }

    private static void ints(int[] values, long[] at, byte[] memory, int shift) {
        for (int n = 0; n < Warp.LANES; n++) {
            Bytes.writeInt(memory, (int) at[n] + shift, values[n]);
        }
    }
}

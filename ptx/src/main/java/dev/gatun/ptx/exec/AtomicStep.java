package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.num.FloatMath;
import dev.gatun.ptx.num.Half;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** {@code atom} and {@code red}: lanes in order, each indivisible also for blocks on other threads. */
final class AtomicStep extends MemoryStep {
    enum Op {
        AND,
        OR,
        XOR,
        EXCH,
        CAS,
        ADD,
        INC,
        DEC,
        MIN,
        MAX
    }

    private static final VarHandle INTS = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle LONGS = ValueLayout.JAVA_LONG.varHandle();

    private final Op op;
    private final PtxType type;
    private final int destination; // -1 for red
    private final int operand;
    private final int replacement; // the new value of cas, otherwise unused

    AtomicStep(Address address, Op op, PtxType type, int destination, int operand, int replacement) {
        super(address, type.byteSize(), Watcher.Access.ATOMIC);
        this.op = op;
        this.type = type;
        this.destination = destination;
        this.operand = operand;
        this.replacement = replacement;
    }

    @Override
    void transfer(Warp warp, int mask, long[] at, MemorySegment segment, long base) {
        warp.block.noteSharedState();
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                long offset = at[n] - base;
                long old = switch (byteCount) {
                    case 8 -> updateLong(warp, n, segment, offset);
                    case 4 -> updateInt(warp, n, segment, offset);
                    default -> updateShort(warp, n, segment, offset);
                };
                deliver(warp, n, old);
            }
        }
    }

    private long updateLong(Warp warp, int lane, MemorySegment segment, long offset) {
        while (true) {
            long old = (long) LONGS.getVolatile(segment, offset);
            if (LONGS.compareAndSet(segment, offset, old, next(warp, lane, old))) {
                return old;
            }
        }
    }

    private long updateInt(Warp warp, int lane, MemorySegment segment, long offset) {
        while (true) {
            int old = (int) INTS.getVolatile(segment, offset);
            if (INTS.compareAndSet(segment, offset, old, (int) next(warp, lane, old & 0xFFFF_FFFFL))) {
                return old & 0xFFFF_FFFFL;
            }
        }
    }

    private long updateShort(Warp warp, int lane, MemorySegment segment, long offset) {
        long word = offset & -4;
        int shift = (int) (offset & 2) * 8;
        if (word + 4 > segment.byteSize()) { // the last two bytes of an allocation: nothing shares their word
            int old = segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset) & 0xFFFF;
            segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) next(warp, lane, old));
            return old;
        }
        while (true) {
            int old = (int) INTS.getVolatile(segment, word);
            int half = old >>> shift & 0xFFFF;
            int replaced = (int) (next(warp, lane, half) & 0xFFFF) << shift | (old & ~(0xFFFF << shift));
            if (INTS.compareAndSet(segment, word, old, replaced)) {
                return half;
            }
        }
    }

    @Override
    void transfer(Warp warp, int mask, long[] at, byte[] memory) {
        for (int n = 0; n < Warp.LANES; n++) {
            if ((mask >>> n & 1) != 0) {
                int offset = (int) at[n];
                switch (byteCount) {
                    case 8 -> {
                        long old = Bytes.readLong(memory, offset);
                        Bytes.writeLong(memory, offset, next(warp, n, old));
                        deliver(warp, n, old);
                    }
                    case 4 -> {
                        long old = Bytes.readInt(memory, offset) & 0xFFFF_FFFFL;
                        Bytes.writeInt(memory, offset, (int) next(warp, n, old));
                        deliver(warp, n, old);
                    }
                    default -> {
                        long old = Bytes.readShort(memory, offset);
                        Bytes.writeShort(memory, offset, (int) next(warp, n, old));
                        deliver(warp, n, old);
                    }
                }
            }
        }
    }

    private void deliver(Warp warp, int lane, long old) {
        if (destination >= 0) {
            switch (Bank.of(type)) {
                case INT -> warp.i[destination][lane] = (int) old;
                case FLOAT -> warp.f[destination][lane] = Float.intBitsToFloat((int) old);
                case LONG -> warp.l[destination][lane] = old;
                default -> warp.d[destination][lane] = Double.longBitsToDouble(old);
            }
        }
    }

    private static long bits(Warp warp, Bank bank, int slot, int lane) {
        return switch (bank) {
            case INT -> warp.i[slot][lane] & 0xFFFF_FFFFL;
            case FLOAT -> Float.floatToRawIntBits(warp.f[slot][lane]) & 0xFFFF_FFFFL;
            case LONG -> warp.l[slot][lane];
            default -> Double.doubleToRawLongBits(warp.d[slot][lane]);
        };
    }

    /** The new bits, given the old ones zero-extended. */
    private long next(Warp warp, int lane, long old) {
        long value = bits(warp, Bank.of(type), operand, lane);
        return switch (op) {
            case AND -> old & value;
            case OR -> old | value;
            case XOR -> old ^ value;
            case EXCH -> value;
            case CAS -> old == value ? bits(warp, Bank.of(type), replacement, lane) : old;
            case ADD -> add(old, value);
            case INC -> Long.compareUnsigned(old, value) >= 0 ? 0 : old + 1;
            case DEC -> old == 0 || Long.compareUnsigned(old, value) > 0 ? value : old - 1;
            case MIN -> isLess(old, value) ? old : value;
            case MAX -> isLess(old, value) ? value : old;
        };
    }

    private boolean isLess(long a, long b) {
        return switch (type) {
            case S32 -> (int) a < (int) b;
            case S64 -> a < b;
            default -> Long.compareUnsigned(a, b) < 0;
        };
    }

    private long add(long a, long b) {
        return switch (type) {
            case F32 -> Float.floatToRawIntBits(addFloats((int) a, (int) b)) & 0xFFFF_FFFFL;
            case F64 -> Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b));
            case F16 -> Half.add((int) a, (int) b, false);
            case BF16 -> Half.add((int) a, (int) b, true);
            case F16X2, BF16X2 -> addPair((int) a, (int) b, type == PtxType.BF16X2) & 0xFFFF_FFFFL;
            default -> a + b;
        };
    }

    /** In global memory {@code add.f32} flushes subnormals, in shared memory it does not; here it follows the former. */
    private static float addFloats(int a, int b) {
        return FloatMath.flush(FloatMath.flush(Float.intBitsToFloat(a)) + FloatMath.flush(Float.intBitsToFloat(b)));
    }

    private static int addPair(int a, int b, boolean brain) {
        return Half.add(a & 0xFFFF, b & 0xFFFF, brain) | Half.add(a >>> 16, b >>> 16, brain) << 16;
    }
}

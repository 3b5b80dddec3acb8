package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.num.Half;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Locale;

/** How a bulk reduction joins what arrives with what is there, element by element, each indivisibly in global memory. */
record Reduction(Op op, PtxType type) {
    enum Op {
        AND,
        OR,
        XOR,
        ADD,
        INC,
        DEC,
        MIN,
        MAX;

        static Op of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final VarHandle INTS = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle LONGS = ValueLayout.JAVA_LONG.varHandle();

    /** The elements of {@code old} joined with those of {@code arriving}. */
    byte[] join(byte[] old, byte[] arriving) {
        byte[] joined = new byte[old.length];
        for (int at = 0; at < old.length; at += type.byteSize()) {
            switch (type.byteSize()) {
                case 8 -> Bytes.writeLong(joined, at, next(Bytes.readLong(old, at), Bytes.readLong(arriving, at)));
                case 4 -> Bytes.writeInt(joined, at, (int) next(word(old, at), word(arriving, at)));
                default ->
                    Bytes.writeShort(joined, at, (int) next(Bytes.readShort(old, at), Bytes.readShort(arriving, at)));
            }
        }
        return joined;
    }

    private static long word(byte[] bytes, int at) {
        return Bytes.readInt(bytes, at) & 0xFFFF_FFFFL;
    }

    /** Joins {@code count} bytes into global memory. */
    void join(MemorySegment segment, long start, byte[] arriving, int from, int count) {
        for (int at = 0; at < count; at += type.byteSize()) {
            switch (type.byteSize()) {
                case 8 -> joinLong(segment, start + at, Bytes.readLong(arriving, from + at));
                case 4 -> joinInt(segment, start + at, word(arriving, from + at));
                default -> joinShort(segment, start + at, Bytes.readShort(arriving, from + at));
            }
        }
    }

    private void joinLong(MemorySegment segment, long at, long value) {
        long old;
        do {
            old = (long) LONGS.getVolatile(segment, at);
        } while (!LONGS.compareAndSet(segment, at, old, next(old, value)));
    }

    private void joinInt(MemorySegment segment, long at, long value) {
        int old;
        do {
            old = (int) INTS.getVolatile(segment, at);
        } while (!INTS.compareAndSet(segment, at, old, (int) next(old & 0xFFFF_FFFFL, value)));
    }

    private void joinShort(MemorySegment segment, long at, long value) {
        long word = at & -4;
        int shift = (int) (at & 2) * 8;
        if (word + 4 > segment.byteSize()) { // the last two bytes of an allocation: nothing shares their word
            int old = segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xFFFF;
            segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) next(old, value));
            return;
        }
        int old;
        int joined;
        do {
            old = (int) INTS.getVolatile(segment, word);
            int half = (int) next(old >>> shift & 0xFFFF, value) & 0xFFFF;
            joined = half << shift | (old & ~(0xFFFF << shift));
        } while (!INTS.compareAndSet(segment, word, old, joined));
    }

    private long next(long old, long value) {
        return switch (op) {
            case AND -> old & value;
            case OR -> old | value;
            case XOR -> old ^ value;
            case ADD -> add(old, value);
            case INC -> Long.compareUnsigned(old, value) >= 0 ? 0 : old + 1;
            case DEC -> old == 0 || Long.compareUnsigned(old, value) > 0 ? value : old - 1;
            case MIN -> pick(old, value, true);
            case MAX -> pick(old, value, false);
        };
    }

    private long add(long a, long b) {
        return switch (type) {
            case F32 ->
                Float.floatToRawIntBits(Float.intBitsToFloat((int) a) + Float.intBitsToFloat((int) b)) & 0xFFFF_FFFFL;
            case F64 -> Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b));
            case F16 -> Half.add((int) a, (int) b, false);
            case BF16 -> Half.add((int) a, (int) b, true);
            default -> a + b;
        };
    }

    private long pick(long a, long b, boolean least) {
        return switch (type) {
            case F16, BF16 -> {
                boolean brain = type == PtxType.BF16;
                yield least
                        ? Half.minimum((int) a, (int) b, brain, false)
                        : Half.maximum((int) a, (int) b, brain, false);
            }
            case S32 -> (int) a < (int) b == least ? a : b;
            case S64 -> a < b == least ? a : b;
            default -> Long.compareUnsigned(a, b) < 0 == least ? a : b;
        };
    }
}

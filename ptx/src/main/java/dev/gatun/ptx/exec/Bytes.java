package dev.gatun.ptx.exec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian access to the byte arrays behind shared, local, constant and parameter memory. */
final class Bytes {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle FLOATS =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}

    static int readShort(byte[] memory, int offset) {
        return (short) SHORTS.get(memory, offset) & 0xFFFF;
    }

    static void writeShort(byte[] memory, int offset, int value) {
        SHORTS.set(memory, offset, (short) value);
    }

    static int readInt(byte[] memory, int offset) {
        return (int) INTS.get(memory, offset);
    }

    static float readFloat(byte[] memory, int offset) {
        return (float) FLOATS.get(memory, offset);
    }

    static void writeFloat(byte[] memory, int offset, float value) {
        FLOATS.set(memory, offset, value);
    }

    static void writeInt(byte[] memory, int offset, int value) {
        INTS.set(memory, offset, value);
    }

    static long readLong(byte[] memory, int offset) {
        return (long) LONGS.get(memory, offset);
    }

    static void writeLong(byte[] memory, int offset, long value) {
        LONGS.set(memory, offset, value);
    }
}

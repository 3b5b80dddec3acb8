package dev.gatun.ptx.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The machine's own 128 bytes of a tensor map, with a check sum so that other bytes are not taken for one. */
final class TensorMapCode {
    private static final int MAGIC = 0x7E45_0217;
    private static final int SUM_OFFSET = TensorMap.BYTES - Integer.BYTES;

    private TensorMapCode() {}

    static byte[] encode(TensorMap map) {
        ByteBuffer bytes = ByteBuffer.allocate(TensorMap.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(MAGIC).put((byte) map.type().code()).put((byte) map.rank());
        bytes.put((byte) map.swizzle().code()).put((byte) (map.fill() == TensorMap.Fill.NAN ? 1 : 0));
        bytes.putLong(map.address());
        for (int d = 0; d < map.rank(); d++) {
            bytes.putInt((int) (map.dimension(d) - 1)).putLong(map.strideBytes(d));
            bytes.put((byte) (map.boxExtent(d) - 1)).put((byte) map.elementStride(d));
        }
        bytes.putInt(SUM_OFFSET, sum(bytes.array()));
        return bytes.array();
    }

    private static int sum(byte[] bytes) {
        return Arrays.hashCode(Arrays.copyOf(bytes, SUM_OFFSET));
    }

    /** The map in these bytes, or null if they hold none. */
    static @Nullable TensorMap decode(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt() != MAGIC || bytes.getInt(SUM_OFFSET) != sum(encoded)) {
            return null;
        }
        int typeCode = bytes.get();
        int rank = bytes.get();
        int swizzleCode = bytes.get();
        TensorMap.Fill fill = bytes.get() == 0 ? TensorMap.Fill.ZERO : TensorMap.Fill.NAN;
        long address = bytes.getLong();
        long[] dimensions = new long[rank];
        long[] strides = new long[rank - 1];
        int[] box = new int[rank];
        int[] elementStrides = new int[rank];
        for (int d = 0; d < rank; d++) {
            dimensions[d] = (bytes.getInt() & 0xFFFF_FFFFL) + 1;
            long stride = bytes.getLong();
            if (d > 0) {
                strides[d - 1] = stride;
            }
            box[d] = (bytes.get() & 0xFF) + 1;
            elementStrides[d] = bytes.get();
        }
        TensorType type = Arrays.stream(TensorType.values())
                .filter(candidate -> candidate.code() == typeCode)
                .findFirst()
                .orElseThrow();
        Swizzle swizzle = Arrays.stream(Swizzle.values())
                .filter(candidate -> candidate.code() == swizzleCode)
                .findFirst()
                .orElseThrow();
        return new TensorMap(type, address, dimensions, strides, box, elementStrides, swizzle, fill);
    }
}

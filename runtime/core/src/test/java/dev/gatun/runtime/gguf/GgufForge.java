package dev.gatun.runtime.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Forges GGUF files: valid ones, and ones with a single lie. It writes what it is told and checks nothing.
 *
 * <p>A key or tensor that is given again replaces the earlier one where it stood.
 */
public final class GgufForge {
    public static final int F32 = 0;
    public static final int F16 = 1;
    public static final int Q4_0 = 2;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(
            byte[] name,
            long[] dimensions,
            int type,
            byte[] data,
            @Nullable Long offset) {}

    private final Map<String, byte[]> keys = new LinkedHashMap<>();
    private final Map<String, Entry> tensors = new LinkedHashMap<>();
    private final List<byte[]> rawKeys = new ArrayList<>();
    private final List<byte[]> rawTensors = new ArrayList<>();
    private byte[] magic = "GGUF".getBytes(StandardCharsets.US_ASCII);
    private byte[] version = int32(3);
    private int alignment = 32;
    private @Nullable Long keyCount;
    private @Nullable Long tensorCount;

    // ---- header

    public GgufForge magic(String text) {
        magic = text.getBytes(StandardCharsets.US_ASCII);
        return this;
    }

    public GgufForge version(int number) {
        version = int32(number);
        return this;
    }

    /** The number of keys that the header claims. */
    public GgufForge keyCount(long count) {
        keyCount = count;
        return this;
    }

    /** The number of tensors that the header claims. */
    public GgufForge tensorCount(long count) {
        tensorCount = count;
        return this;
    }

    /** How tensors are laid out, whatever the metadata say. */
    public GgufForge layoutAlignment(int bytes) {
        alignment = bytes;
        return this;
    }

    // ---- metadata

    public GgufForge value(String key, int type, byte[] value) {
        keys.put(key, concat(text(key), int32(type), value));
        return this;
    }

    public GgufForge uint32(String key, long value) {
        return value(key, 4, int32((int) value));
    }

    public GgufForge float32(String key, float value) {
        return value(key, 6, int32(Float.floatToRawIntBits(value)));
    }

    public GgufForge string(String key, String value) {
        return value(key, 8, text(value));
    }

    public GgufForge array(String key, int elementType, long count, byte[]... elements) {
        return value(key, 9, concat(int32(elementType), int64(count), concat(elements)));
    }

    public GgufForge strings(String key, String... values) {
        byte[][] elements = new byte[values.length][];
        for (int i = 0; i < values.length; i++) {
            elements[i] = text(values[i]);
        }
        return array(key, 8, values.length, elements);
    }

    /** Bytes in the place of one more key, type and value. */
    public GgufForge rawKey(byte[]... bytes) {
        rawKeys.add(concat(bytes));
        return this;
    }

    public GgufForge without(String key) {
        keys.remove(key);
        return this;
    }

    // ---- tensors

    /** A tensor that follows the one before; {@code dimensions} in GGUF's order, columns first. */
    public GgufForge tensor(String name, int type, byte[] data, long... dimensions) {
        tensors.put(name, new Entry(utf8(name), dimensions, type, data, null));
        return this;
    }

    /** A tensor whose entry claims {@code offset}. */
    public GgufForge tensorAt(long offset, String name, int type, byte[] data, long... dimensions) {
        tensors.put(name, new Entry(utf8(name), dimensions, type, data, offset));
        return this;
    }

    /** Bytes in the place of one more entry of the tensor table. */
    public GgufForge rawTensor(byte[]... bytes) {
        rawTensors.add(concat(bytes));
        return this;
    }

    public GgufForge withoutTensor(String name) {
        tensors.remove(name);
        return this;
    }

    // ---- the file

    public byte[] bytes() {
        List<byte[]> parts = new ArrayList<>();
        parts.add(magic);
        parts.add(version);
        parts.add(int64(tensorCount == null ? tensors.size() + rawTensors.size() : tensorCount));
        parts.add(int64(keyCount == null ? keys.size() + rawKeys.size() : keyCount));
        parts.addAll(keys.values());
        parts.addAll(rawKeys);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Entry tensor : tensors.values()) {
            data.writeBytes(new byte[-data.size() & (alignment - 1)]);
            parts.add(int64(tensor.name().length));
            parts.add(tensor.name());
            parts.add(int32(tensor.dimensions().length));
            for (long dimension : tensor.dimensions()) {
                parts.add(int64(dimension));
            }
            parts.add(int32(tensor.type()));
            parts.add(int64(tensor.offset() == null ? data.size() : tensor.offset()));
            data.writeBytes(tensor.data());
        }
        parts.addAll(rawTensors);
        byte[] head = concat(parts.toArray(byte[][]::new));
        byte[] padding = new byte[-head.length & (alignment - 1)];
        return concat(head, tensors.isEmpty() ? new byte[0] : padding, data.toByteArray());
    }

    public GgufFile parse() {
        return GgufFile.parse(MemorySegment.ofArray(bytes()));
    }

    // ---- pieces

    public static byte[] int32(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    public static byte[] int64(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    public static byte[] int8(int value) {
        return new byte[] {(byte) value};
    }

    public static byte[] int16(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8)};
    }

    public static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    /** A string as files hold it: 64-bit length, bytes. */
    public static byte[] text(String value) {
        byte[] bytes = utf8(value);
        return concat(int64(bytes.length), bytes);
    }

    /** Bytes of a value of a type with a fixed size. */
    public static int scalarByteSize(int type) {
        return switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 10, 11, 12 -> 8;
            default -> throw new IllegalArgumentException("type=" + type);
        };
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] utf8(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}

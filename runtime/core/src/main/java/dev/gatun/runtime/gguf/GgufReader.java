package dev.gatun.runtime.gguf;

import dev.gatun.kernels.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads header, metadata and tensor table of a GGUF file, version 2 or 3, and checks every number on the way. Lists grow
 * as items are really read: no header field decides how much memory is taken.
 */
final class GgufReader {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final long MOST_ENTRIES = 1_000_000;
    private static final long MOST_ELEMENTS = 16L << 20;
    private static final long MOST_KEY_BYTES = 65_535;
    private static final long MOST_NAME_BYTES = 64;
    private static final long MOST_STRING_BYTES = 64L << 20;
    private static final int MOST_DIMENSIONS = 4;
    private static final int LEAST_KEY_VALUE_BYTES = 13;
    private static final int LEAST_TENSOR_BYTES = 24;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int MOST_ALIGNMENT = 1 << 20;
    private static final String ALIGNMENT_KEY = "general.alignment";

    private static final Map<Integer, DType> TYPES = Map.of(
            0,
            DType.F32,
            1,
            DType.F16,
            2,
            DType.Q4_0,
            3,
            DType.Q4_1,
            6,
            DType.Q5_0,
            7,
            DType.Q5_1,
            8,
            DType.Q8_0,
            30,
            DType.BF16);
    private static final Map<Integer, String> UNSUPPORTED = Map.ofEntries(
            Map.entry(9, "Q8_1"),
            Map.entry(10, "Q2_K"),
            Map.entry(11, "Q3_K"),
            Map.entry(12, "Q4_K"),
            Map.entry(13, "Q5_K"),
            Map.entry(14, "Q6_K"),
            Map.entry(15, "Q8_K"),
            Map.entry(16, "IQ2_XXS"),
            Map.entry(17, "IQ2_XS"),
            Map.entry(18, "IQ3_XXS"),
            Map.entry(19, "IQ1_S"),
            Map.entry(20, "IQ4_NL"),
            Map.entry(21, "IQ3_S"),
            Map.entry(22, "IQ2_S"),
            Map.entry(23, "IQ4_XS"),
            Map.entry(24, "I8"),
            Map.entry(25, "I16"),
            Map.entry(26, "I32"),
            Map.entry(27, "I64"),
            Map.entry(28, "F64"),
            Map.entry(29, "IQ1_M"),
            Map.entry(34, "TQ1_0"),
            Map.entry(35, "TQ2_0"),
            Map.entry(39, "MXFP4"));

    /** A tensor's entry in the table, before the data section is known. */
    private record Entry(long at, String name, DType type, List<Long> dimensions, long dataOffset, long byteSize) {}

    private final MemorySegment bytes;
    private final GgufCursor cursor;

    private GgufReader(MemorySegment bytes) {
        this.bytes = bytes;
        this.cursor = new GgufCursor(bytes);
    }

    static GgufFile read(MemorySegment bytes) {
        return new GgufReader(bytes.asReadOnly()).read();
    }

    private GgufFile read() {
        int version = header();
        long tensorCount = cursor.count("tensor count", LEAST_TENSOR_BYTES, MOST_ENTRIES);
        long keyCount = cursor.count("metadata count", LEAST_KEY_VALUE_BYTES, MOST_ENTRIES);
        GgufMetadata metadata = metadata(keyCount);
        int alignment = alignment(metadata);
        Map<String, Entry> entries = entries(tensorCount, alignment);
        return new GgufFile(version, bytes.byteSize(), metadata, tensors(entries, alignment));
    }

    private int header() {
        int magic = cursor.int32("magic");
        if (magic == Integer.reverseBytes(MAGIC)) {
            throw new GgufFormatException(0, "magic", "'GGUF'", "'FUGG', a byte-swapped file");
        }
        if (magic != MAGIC) {
            throw new GgufFormatException(0, "magic", "'GGUF'", String.format("0x%08x", magic));
        }
        int version = cursor.int32("version");
        if (version == Integer.reverseBytes(2) || version == Integer.reverseBytes(3)) {
            throw new GgufFormatException(4, "version", "2 or 3, little-endian", "a big-endian file");
        }
        if (version != 2 && version != 3) {
            throw new GgufFormatException(4, "version", "2 or 3", Integer.toUnsignedString(version));
        }
        return version;
    }

    // ---- metadata

    private GgufMetadata metadata(long count) {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            long at = cursor.offset();
            String key = cursor.string("metadata key " + i, MOST_KEY_BYTES);
            if (key.isEmpty()) {
                throw new GgufFormatException(at, "metadata key " + i, "a name", "an empty string");
            }
            GgufValueType type = GgufValueType.read(cursor, key + " type");
            if (values.put(key, value(key, type)) != null) {
                throw new GgufFormatException(at, "metadata key " + i, "a key of its own", key + " a second time");
            }
        }
        return new GgufMetadata(values);
    }

    private GgufValue value(String key, GgufValueType type) {
        long at = cursor.offset();
        return type == GgufValueType.ARRAY ? array(key) : new GgufValue(at, type, false, scalar(key, type));
    }

    private Object scalar(String key, GgufValueType type) {
        return switch (type) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> integer(key, type);
            case FLOAT32, FLOAT64 -> number(key, type);
            case BOOL -> bool(key);
            case STRING -> cursor.string(key, MOST_STRING_BYTES);
            case ARRAY -> throw new IllegalStateException("not a scalar");
        };
    }

    private long integer(String key, GgufValueType type) {
        return switch (type) {
            case UINT8 -> Byte.toUnsignedInt(cursor.int8(key));
            case INT8 -> cursor.int8(key);
            case UINT16 -> Short.toUnsignedInt(cursor.int16(key));
            case INT16 -> cursor.int16(key);
            case UINT32 -> Integer.toUnsignedLong(cursor.int32(key));
            case INT32 -> cursor.int32(key);
            case UINT64, INT64 -> cursor.int64(key);
            default -> throw new IllegalStateException("not an integer: " + type);
        };
    }

    private double number(String key, GgufValueType type) {
        return type == GgufValueType.FLOAT32
                ? Float.intBitsToFloat(cursor.int32(key))
                : Double.longBitsToDouble(cursor.int64(key));
    }

    private boolean bool(String key) {
        long at = cursor.offset();
        byte value = cursor.int8(key);
        if (value != 0 && value != 1) {
            throw new GgufFormatException(at, key, "0 or 1", Integer.toString(Byte.toUnsignedInt(value)));
        }
        return value == 1;
    }

    private GgufValue array(String key) {
        long at = cursor.offset();
        GgufValueType type = GgufValueType.read(cursor, key + " element type");
        if (type == GgufValueType.ARRAY) {
            throw new GgufFormatException(at, key + " element type", "not an array", "an array of arrays");
        }
        int count = (int) cursor.count(key + " count", type.leastByteSize(), MOST_ELEMENTS);
        // A number takes 8 bytes here, at most 8 times what it takes in the file; strings cost what they hold.
        return new GgufValue(at, type, true, elements(key, type, count));
    }

    private Object elements(String key, GgufValueType type, int count) {
        return switch (type) {
            case STRING -> {
                List<String> strings = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    strings.add(cursor.string(key, MOST_STRING_BYTES));
                }
                yield strings.toArray(String[]::new);
            }
            case FLOAT32, FLOAT64 -> {
                double[] numbers = new double[count];
                for (int i = 0; i < count; i++) {
                    numbers[i] = number(key, type);
                }
                yield numbers;
            }
            case BOOL -> {
                boolean[] flags = new boolean[count];
                for (int i = 0; i < count; i++) {
                    flags[i] = bool(key);
                }
                yield flags;
            }
            default -> {
                long[] numbers = new long[count];
                for (int i = 0; i < count; i++) {
                    numbers[i] = integer(key, type);
                }
                yield numbers;
            }
        };
    }

    private static int alignment(GgufMetadata metadata) {
        GgufValue value = metadata.find(ALIGNMENT_KEY);
        if (value == null) {
            return DEFAULT_ALIGNMENT;
        }
        if (value.isArray() || value.type() != GgufValueType.UINT32) {
            throw new GgufFormatException(value.offset(), ALIGNMENT_KEY, "UINT32", value.typeName());
        }
        long alignment = (long) value.value();
        if (alignment < 1 || alignment > MOST_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw new GgufFormatException(
                    value.offset(),
                    ALIGNMENT_KEY,
                    "a power of two from 1 to " + MOST_ALIGNMENT,
                    Long.toString(alignment));
        }
        return (int) alignment;
    }

    // ---- tensors

    private Map<String, Entry> entries(long count, int alignment) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            Entry entry = entry(i, alignment);
            if (entries.put(entry.name(), entry) != null) {
                throw new GgufFormatException(
                        entry.at(), "tensor name " + i, "a name of its own", entry.name() + " a second time");
            }
        }
        return entries;
    }

    private Entry entry(long index, int alignment) {
        long at = cursor.offset();
        String name = cursor.string("tensor name " + index, MOST_NAME_BYTES);
        if (name.isEmpty()) {
            throw new GgufFormatException(at, "tensor name " + index, "a name", "an empty string");
        }
        List<Long> dimensions = dimensions(name);
        long typeAt = cursor.offset();
        DType type = type(typeAt, name, cursor.int32(name + " type"));
        long byteSize = byteSize(at, name, type, dimensions);
        long offsetAt = cursor.offset();
        long dataOffset = cursor.int64(name + " offset");
        if (dataOffset < 0 || dataOffset % alignment != 0) {
            throw new GgufFormatException(
                    offsetAt,
                    name + " offset",
                    "a multiple of the alignment " + alignment,
                    Long.toUnsignedString(dataOffset));
        }
        return new Entry(offsetAt, name, type, dimensions, dataOffset, byteSize);
    }

    private List<Long> dimensions(String name) {
        long at = cursor.offset();
        int count = cursor.int32(name + " dimensions");
        if (count < 1 || count > MOST_DIMENSIONS) {
            throw new GgufFormatException(
                    at, name + " dimensions", "1 to " + MOST_DIMENSIONS, Integer.toUnsignedString(count));
        }
        List<Long> dimensions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long dimensionAt = cursor.offset();
            String field = name + " dimension " + i;
            long dimension = cursor.int64(field);
            if (dimension < 1 || dimension > Integer.MAX_VALUE) {
                throw new GgufFormatException(
                        dimensionAt, field, "1 to " + Integer.MAX_VALUE, Long.toUnsignedString(dimension));
            }
            dimensions.add(dimension);
        }
        return List.copyOf(dimensions);
    }

    private static DType type(long at, String name, int number) {
        DType type = TYPES.get(number);
        if (type == null) {
            String found = UNSUPPORTED.containsKey(number)
                    ? UNSUPPORTED.get(number) + ", which is not supported"
                    : "the unknown type number " + Integer.toUnsignedString(number);
            throw new GgufFormatException(at, name + " type", "one of " + Arrays.toString(DType.values()), found);
        }
        return type;
    }

    private static long byteSize(long at, String name, DType type, List<Long> dimensions) {
        long columns = dimensions.getFirst();
        if (columns % type.groupSize() != 0) {
            throw new GgufFormatException(
                    at, name + " dimension 0", "a multiple of " + type.groupSize() + " for " + type, "" + columns);
        }
        try {
            long rows = 1;
            for (int i = 1; i < dimensions.size(); i++) {
                rows = Math.multiplyExact(rows, (long) dimensions.get(i));
            }
            Math.toIntExact(rows);
            return Math.multiplyExact(type.byteSize(columns), rows);
        } catch (ArithmeticException e) {
            throw new GgufFormatException(at, name + " dimensions", "at most 2^31 rows", dimensions.toString());
        }
    }

    private Map<String, GgufTensor> tensors(Map<String, Entry> entries, int alignment) {
        long dataStart = Math.ceilDiv(cursor.offset(), (long) alignment) * alignment;
        long dataLength = Math.max(0, bytes.byteSize() - dataStart);
        for (Entry entry : entries.values()) {
            if (entry.dataOffset() > dataLength || entry.byteSize() > dataLength - entry.dataOffset()) {
                throw new GgufFormatException(
                        entry.at(),
                        entry.name() + " data",
                        entry.byteSize() + " bytes at " + entry.dataOffset() + " of the data section",
                        "a data section of " + dataLength + " bytes");
            }
        }
        refuseOverlap(entries.values().stream()
                .sorted(Comparator.comparingLong(Entry::dataOffset))
                .toList());
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (Entry entry : entries.values()) {
            MemorySegment data = bytes.asSlice(dataStart + entry.dataOffset(), entry.byteSize());
            tensors.put(entry.name(), new GgufTensor(entry.name(), entry.type(), entry.dimensions(), data));
        }
        return tensors;
    }

    private static void refuseOverlap(List<Entry> byOffset) {
        for (int i = 1; i < byOffset.size(); i++) {
            Entry before = byOffset.get(i - 1);
            Entry entry = byOffset.get(i);
            long end = before.dataOffset() + before.byteSize();
            if (entry.dataOffset() < end) {
                throw new GgufFormatException(
                        entry.at(),
                        entry.name() + " offset",
                        "at least " + end + ", where " + before.name() + " ends",
                        "" + entry.dataOffset());
            }
        }
    }
}

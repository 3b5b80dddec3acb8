package dev.gatun.runtime.gguf;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key-value pairs of a file, in file order. A getter whose type does not fit the value throws a
 * {@link GgufFormatException} that names the key, the type wanted and the type found; so does one without {@code find}
 * whose key is absent.
 */
public final class GgufMetadata {
    private final Map<String, GgufValue> values;

    GgufMetadata(Map<String, GgufValue> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public boolean contains(String key) {
        return values.containsKey(key);
    }

    /** All keys, in file order. */
    public Set<String> keys() {
        return values.keySet();
    }

    /** The value for display: {@code Long}, {@code Double}, {@code Boolean}, {@code String}, or a {@code List} of them. */
    public Object value(String key) {
        Object value = require(key).value();
        return switch (value) {
            case long[] array -> Arrays.stream(array).boxed().toList();
            case double[] array -> Arrays.stream(array).boxed().toList();
            case String[] array -> List.of(array);
            case boolean[] array -> {
                Boolean[] boxed = new Boolean[array.length];
                Arrays.setAll(boxed, i -> array[i]);
                yield List.of(boxed);
            }
            default -> value;
        };
    }

    public String string(String key) {
        return get(key, String.class, "STRING");
    }

    public Optional<String> findString(String key) {
        return contains(key) ? Optional.of(string(key)) : Optional.empty();
    }

    /** An integer of any width whose value fits 32 bits. */
    public int int32(String key) {
        long value = int64(key);
        if (value != (int) value) {
            throw tooWide(require(key), key, value);
        }
        return (int) value;
    }

    public OptionalInt findInt32(String key) {
        return contains(key) ? OptionalInt.of(int32(key)) : OptionalInt.empty();
    }

    /** An integer of any width. */
    public long int64(String key) {
        GgufValue found = require(key);
        long value = get(key, Long.class, "an integer");
        if (found.type() == GgufValueType.UINT64 && value < 0) {
            throw new GgufFormatException(found.offset(), key, "an integer below 2^63", Long.toUnsignedString(value));
        }
        return value;
    }

    /** A number of either float width. */
    public double float32(String key) {
        return get(key, Double.class, "FLOAT32");
    }

    public OptionalDouble findFloat32(String key) {
        return contains(key) ? OptionalDouble.of(float32(key)) : OptionalDouble.empty();
    }

    /** A boolean, or {@code fallback} if the key is absent. */
    public boolean bool(String key, boolean fallback) {
        return contains(key) ? get(key, Boolean.class, "BOOL") : fallback;
    }

    public List<String> strings(String key) {
        return List.of(get(key, String[].class, "array of STRING"));
    }

    public Optional<List<String>> findStrings(String key) {
        return contains(key) ? Optional.of(strings(key)) : Optional.empty();
    }

    /** An array of integers of any width whose values fit 32 bits. */
    public int[] int32s(String key) {
        long[] wide = get(key, long[].class, "array of integers");
        boolean unsigned = require(key).type() == GgufValueType.UINT64;
        int[] values = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            values[i] = (int) wide[i];
            if (values[i] != wide[i] || (unsigned && wide[i] < 0)) {
                throw tooWide(require(key), key + "[" + i + "]", wide[i]);
            }
        }
        return values;
    }

    public Optional<int[]> findInt32s(String key) {
        return contains(key) ? Optional.of(int32s(key)) : Optional.empty();
    }

    public float[] float32s(String key) {
        double[] wide = get(key, double[].class, "array of FLOAT32");
        float[] values = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            values[i] = (float) wide[i];
        }
        return values;
    }

    public Optional<float[]> findFloat32s(String key) {
        return contains(key) ? Optional.of(float32s(key)) : Optional.empty();
    }

    private static GgufFormatException tooWide(GgufValue found, String field, long value) {
        String shown = found.type() == GgufValueType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
        return new GgufFormatException(found.offset(), field, "a 32-bit integer", shown);
    }

    @Nullable
    GgufValue find(String key) {
        return values.get(key);
    }

    private GgufValue require(String key) {
        GgufValue value = values.get(key);
        if (value == null) {
            throw new GgufFormatException(0, key, "present in the metadata", "nothing");
        }
        return value;
    }

    private <T> T get(String key, Class<T> type, String wanted) {
        GgufValue value = require(key);
        if (!type.isInstance(value.value())) {
            throw new GgufFormatException(value.offset(), key, wanted, value.typeName());
        }
        return type.cast(value.value());
    }
}

package dev.gatun.runtime.gguf;

/**
 * A metadata value and where it stands in the file.
 *
 * @param offset byte position of the value
 * @param type its type in the file; for an array, of its elements
 * @param isArray whether {@code value} is an array
 * @param value a {@code Long}, {@code Double}, {@code Boolean} or {@code String}; for an array {@code long[]},
 *     {@code double[]}, {@code boolean[]} or {@code String[]}. Unsigned 64-bit numbers keep their bits.
 */
record GgufValue(long offset, GgufValueType type, boolean isArray, Object value) {

    String typeName() {
        return isArray ? "array of " + type : type.toString();
    }
}

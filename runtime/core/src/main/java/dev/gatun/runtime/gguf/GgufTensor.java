package dev.gatun.runtime.gguf;

import dev.gatun.kernels.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a file.
 *
 * @param name as the file spells it
 * @param type how its elements are stored
 * @param dimensions one to four, in GGUF's order: the first is the number of columns
 * @param data its bytes in the file, read-only, valid as long as the file's arena
 */
public record GgufTensor(String name, DType type, List<Long> dimensions, MemorySegment data) {

    /** Elements of the innermost dimension. */
    public int columns() {
        return Math.toIntExact(dimensions.getFirst());
    }

    /** Product of all dimensions but the first. */
    public int rows() {
        long rows = 1;
        for (int i = 1; i < dimensions.size(); i++) {
            rows *= dimensions.get(i);
        }
        return Math.toIntExact(rows);
    }
}

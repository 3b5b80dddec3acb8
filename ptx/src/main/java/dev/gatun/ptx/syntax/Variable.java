package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.StateSpace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A declared variable, parameter, register or range of registers.
 *
 * @param alignmentBytes 0 if not written
 * @param vector         elements of {@code .v2} and {@code .v4}, otherwise 1
 * @param registers      n of {@code %r<n>}, otherwise 0
 * @param dimensions     of an array; -1 stands for an open first dimension
 */
public record Variable(
        Position position,
        Linkage linkage,
        StateSpace space,
        PtxType type,
        int alignmentBytes,
        int vector,
        String name,
        int registers,
        List<Integer> dimensions,
        @Nullable Initializer initializer) {

    /** A constant, the address of a variable, or a list of either. */
    public sealed interface Initializer {
        record Constant(Operand value) implements Initializer {}

        record Group(Position position, List<Initializer> values) implements Initializer {}
    }

    /** Whether this is an array without a size, as dynamic shared memory is declared. */
    public boolean isOpen() {
        return !dimensions.isEmpty() && dimensions.get(0) < 0;
    }

    /** The size of one element (a whole vector) in bytes. */
    public int elementByteSize() {
        return type.byteSize() * vector;
    }

    /** The size in bytes; 0 for an open array. */
    public long byteSize() {
        long size = elementByteSize();
        for (int extent : dimensions) {
            size *= Math.max(extent, 0);
        }
        return size;
    }

    /** The written alignment, or the natural one. */
    public int alignment() {
        return alignmentBytes > 0 ? alignmentBytes : elementByteSize();
    }
}

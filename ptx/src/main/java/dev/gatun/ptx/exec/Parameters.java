package dev.gatun.ptx.exec;

import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.verify.PtxEntry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Blocks of parameters for tests and tools; boxes its values, so a loop that launches packs its own. */
public final class Parameters {

    private Parameters() {}

    /**
     * The parameter block of one launch.
     *
     * @param values in the order of the entry's parameters: {@code Long} and {@code Double} for 8 bytes, {@code Integer} and
     *     {@code Float} for 4, {@code Short} for 2, {@code Byte} for 1, {@link TensorMap} for an array of 128 bytes;
     *     floating only where the parameter is or is untyped
     * @throws IllegalArgumentException if number or types are not those of the entry
     */
    public static MemorySegment of(PtxEntry entry, Object... values) {
        List<EntryParameter> parameters = entry.parameters();
        if (values.length != parameters.size()) {
            throw new IllegalArgumentException(
                    entry + " takes " + parameters.size() + " parameters, not " + values.length);
        }
        MemorySegment block = MemorySegment.ofArray(new byte[entry.parameterBytes()]);
        for (int i = 0; i < values.length; i++) {
            store(block, entry, parameters.get(i), values[i]);
        }
        return block;
    }

    private static void store(MemorySegment block, PtxEntry entry, EntryParameter parameter, Object value) {
        if (value instanceof TensorMap map && parameter.byteSize() == TensorMap.BYTES) {
            if (parameter.offsetBytes() % TensorMap.ALIGNMENT != 0) {
                throw new IllegalArgumentException("parameter '" + parameter.name() + "' of " + entry
                        + " must be declared .align " + TensorMap.ALIGNMENT + " to hold a tensor map");
            }
            MemorySegment.copy(map.encoded(), 0, block, parameter.offsetBytes(), TensorMap.BYTES);
            return;
        }
        int byteSize = byteSize(value);
        boolean floating = value instanceof Float || value instanceof Double;
        PtxType.Kind kind = parameter.type().kind();
        boolean agrees = kind == PtxType.Kind.BITS || floating == (kind == PtxType.Kind.FLOAT);
        if (byteSize != parameter.byteSize() || !agrees) {
            throw new IllegalArgumentException("parameter '" + parameter.name() + "' of " + entry + " is ."
                    + parameter.type().suffix() + " of " + parameter.byteSize() + " bytes; it cannot be the "
                    + value.getClass().getSimpleName() + " " + value);
        }
        long at = parameter.offsetBytes();
        switch (value) {
            case Long number -> block.set(ValueLayout.JAVA_LONG_UNALIGNED, at, number);
            case Double number -> block.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at, number);
            case Integer number -> block.set(ValueLayout.JAVA_INT_UNALIGNED, at, number);
            case Float number -> block.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, number);
            case Short number -> block.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, number);
            case Byte number -> block.set(ValueLayout.JAVA_BYTE, at, number);
            default -> throw new AssertionError(value);
        }
    }

    /** 0 for what cannot be a parameter. */
    private static int byteSize(Object value) {
        return switch (value) {
            case Long number -> Long.BYTES;
            case Double number -> Double.BYTES;
            case Integer number -> Integer.BYTES;
            case Float number -> Float.BYTES;
            case Short number -> Short.BYTES;
            case Byte number -> Byte.BYTES;
            default -> 0;
        };
    }
}

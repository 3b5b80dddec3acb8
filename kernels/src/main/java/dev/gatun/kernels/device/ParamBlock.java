package dev.gatun.kernels.device;

import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.PtxType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The arguments of one entry, packed as PTX lays out {@code .param} space. Every push is checked against the parameter
 * that the text declares in its place; a launcher makes one block and refills it.
 */
public final class ParamBlock {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Entry entry;
    private final EntryParameter[] parameters;
    private final MemorySegment segment;
    private int pushed;

    /** An empty block for {@code entry}, in memory of {@code arena}. */
    public ParamBlock(Arena arena, Entry entry) {
        this.entry = entry;
        this.parameters = entry.parameters().toArray(new EntryParameter[0]);
        this.segment = arena.allocate(entry.parameterByteSize(), 16);
    }

    /** Starts over. */
    public ParamBlock clear() {
        pushed = 0;
        return this;
    }

    /**
     * Pushes the device address {@code offset} bytes into {@code memory}.
     *
     * @throws IllegalStateException if the memory's arena is closed
     */
    public ParamBlock pointer(MemorySegment memory, long offset) {
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException(entry.name() + ": parameter " + pushed + " is memory that was freed");
        }
        segment.set(LONG, next("pointer", PtxType.U64, PtxType.B64), memory.address() + offset);
        return this;
    }

    /** Pushes the address that stands for nothing. */
    public ParamBlock nullPointer() {
        segment.set(LONG, next("pointer", PtxType.U64, PtxType.B64), 0);
        return this;
    }

    /** Pushes an unsigned 32-bit integer. */
    public ParamBlock u32(int value) {
        segment.set(INT, next("u32", PtxType.U32, PtxType.B32), value);
        return this;
    }

    /** Pushes a float. */
    public ParamBlock f32(float value) {
        segment.set(FLOAT, next("f32", PtxType.F32, PtxType.B32), value);
        return this;
    }

    /**
     * The whole block.
     *
     * @throws IllegalStateException if parameters are missing
     */
    MemorySegment packed() {
        if (pushed != parameters.length) {
            throw new IllegalStateException(entry.name() + " takes " + parameters.length + " parameters, " + pushed
                    + " were pushed; the next is " + parameters[pushed].name());
        }
        return segment;
    }

    /** Checks that this block was made for {@code asked}. */
    void requireFor(Entry asked) {
        if (!entry.equals(asked)) {
            throw new IllegalArgumentException("parameters of " + entry.name() + " for " + asked.name());
        }
    }

    private long next(String what, PtxType type, PtxType bits) {
        if (pushed == parameters.length) {
            throw new IllegalStateException(entry.name() + " takes " + parameters.length + " parameters; a " + what
                    + " was pushed beyond them");
        }
        EntryParameter parameter = parameters[pushed];
        boolean fits = parameter.type() == type || parameter.type() == bits;
        if (!fits || parameter.byteSize() != type.byteSize()) {
            throw new IllegalStateException(entry.name() + ": parameter " + pushed + ", " + parameter.name() + ", is "
                    + parameter.type() + " of " + parameter.byteSize() + " bytes; a " + what + " was pushed");
        }
        pushed++;
        return parameter.offsetBytes();
    }
}

package dev.gatun.kernels.cpu.asm;

import org.jspecify.annotations.Nullable;

/**
 * What may stand in one place of a form.
 *
 * @param register kind of register, null if none may stand there
 * @param onlyNumber the one register number that may, -1 for any
 * @param memoryByteSize size of the memory that may stand there: 0 for none, -1 for any size
 * @param wantsSize whether memory must say its size, because nothing else does
 * @param broadcasts whether memory may be 4 bytes for all lanes
 * @param number kind of number, null if none may stand there
 * @param label whether a label may stand there
 */
record Pattern(
        Operand.@Nullable Kind register,
        int onlyNumber,
        int memoryByteSize,
        boolean wantsSize,
        boolean broadcasts,
        @Nullable Range number,
        boolean label) {
    /** Bytes of a lane that is broadcast. */
    static final int BROADCAST_BYTES = 4;

    /** Ranges of numbers and their size in the code. */
    enum Range {
        ONE(1, 1, 0),
        S8(-128, 127, 1),
        U8(-128, 255, 1),
        S32(Integer.MIN_VALUE, Integer.MAX_VALUE, 4),
        I32(Integer.MIN_VALUE, 0xffffffffL, 4),
        I64(Long.MIN_VALUE, Long.MAX_VALUE, 8);

        private final long least;
        private final long most;
        private final int byteSize;

        Range(long least, long most, int byteSize) {
            this.least = least;
            this.most = most;
            this.byteSize = byteSize;
        }

        int byteSize() {
            return byteSize;
        }
    }

    boolean takes(Operand operand, Form form) {
        return switch (operand) {
            case Operand.Register r ->
                r.kind() == register
                        && (onlyNumber < 0 || r.number() == onlyNumber)
                        && (r.number() < 16 || form.encoding() == Form.Encoding.EVEX);
            case Operand.Memory m -> takesMemory(m, form);
            case Operand.Immediate i -> number != null && i.value() >= number.least && i.value() <= number.most;
            case Operand.Label l -> label;
        };
    }

    private boolean takesMemory(Operand.Memory memory, Form form) {
        if (memory.broadcast() != 0) {
            return broadcasts
                    && form.encoding() == Form.Encoding.EVEX
                    && memory.broadcast() * BROADCAST_BYTES == form.length()
                    && (memory.byteSize() == 0 || memory.byteSize() == BROADCAST_BYTES);
        }
        if (memoryByteSize == -1) {
            return true;
        }
        return memoryByteSize != 0 && (memory.byteSize() == memoryByteSize || (memory.byteSize() == 0 && !wantsSize));
    }
}

package dev.gatun.ptx.count;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.verify.Operation;
import java.util.Locale;

/** The execution pipe an instruction would occupy, roughly. */
public enum InstructionClass {
    INTEGER,
    FLOAT32,
    FLOAT64,
    HALF,
    SPECIAL_FUNCTION,
    CONVERSION,
    COMPARISON,
    MOVE,
    CONTROL,
    GLOBAL_MEMORY,
    SHARED_MEMORY,
    OTHER_MEMORY,
    ATOMIC,
    SHUFFLE,
    MATRIX,
    SYNCHRONISATION;

    /** The name in reports, such as {@code global_memory}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The class of an instruction. */
    public static InstructionClass of(Operation operation) {
        return switch (operation.opcode()) {
            case "ld", "st", "ldu" ->
                switch (operation.word("S")) {
                    case "global" -> GLOBAL_MEMORY;
                    case "shared", "shared::cta", "shared::cluster" -> SHARED_MEMORY;
                    default -> OTHER_MEMORY;
                };
            case "cp" -> GLOBAL_MEMORY;
            case "ldmatrix", "stmatrix" -> SHARED_MEMORY;
            case "atom", "red" -> ATOMIC;
            case "shfl", "vote", "match", "redux", "elect", "activemask" -> SHUFFLE;
            case "mma", "movmatrix" -> MATRIX;
            case "wgmma" -> operation.has("mma_async") ? MATRIX : SYNCHRONISATION;
            case "bar", "barrier", "membar", "fence", "mbarrier", "nanosleep", "griddepcontrol", "setmaxnreg" ->
                SYNCHRONISATION;
            case "bra", "brx", "call", "ret", "exit", "trap", "brkpt" -> CONTROL;
            case "mov", "selp", "slct", "cvta", "prmt" -> MOVE;
            case "setp", "set", "testp", "isspacep" -> COMPARISON;
            case "cvt" -> CONVERSION;
            case "ex2", "lg2", "sin", "cos", "tanh", "rsqrt", "rcp", "sqrt" -> SPECIAL_FUNCTION;
            default -> arithmetic(operation);
        };
    }

    private static InstructionClass arithmetic(Operation operation) {
        PtxType type = operation.has("T") ? operation.selection().type("T") : PtxType.B32;
        return switch (type) {
            case F32 -> operation.opcode().equals("div") ? SPECIAL_FUNCTION : FLOAT32;
            case F64 -> FLOAT64;
            case F16, F16X2, BF16, BF16X2 -> HALF;
            default -> INTEGER;
        };
    }
}

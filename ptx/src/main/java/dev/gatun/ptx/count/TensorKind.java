package dev.gatun.ptx.count;

import dev.gatun.ptx.verify.Operation;

/** What a matrix instruction multiplies; each kind has its own peak rate. */
public enum TensorKind {
    /** f16 or bf16 with f32 sums. */
    F16,
    /** f16 with f16 sums. */
    F16_SUMS,
    TF32,
    INT8,
    FP8,
    F64;

    /** The kind of an {@code mma} or {@code wgmma.mma_async}. */
    static TensorKind of(Operation multiply) {
        return switch (multiply.word("A")) {
            case "f16" -> multiply.has("f32") ? F16 : F16_SUMS;
            case "bf16" -> F16;
            case "tf32" -> TF32;
            case "u8", "s8" -> INT8;
            case "e4m3", "e5m2" -> FP8;
            case "f64" -> F64;
            default ->
                throw new AssertionError(
                        "no kind of matrix: " + multiply.syntax().text());
        };
    }

    /** The multiply-adds of one warp, from a shape such as {@code m16n8k16}; four warps share one of {@code wgmma}. */
    static long multiplyAdds(Operation multiply) {
        String shape = multiply.word("X");
        int n = shape.indexOf('n');
        int k = shape.indexOf('k');
        return (multiply.opcode().equals("wgmma") ? 16 : Long.parseLong(shape, 1, n, 10))
                * Long.parseLong(shape, n + 1, k, 10)
                * Long.parseLong(shape, k + 1, shape.length(), 10);
    }
}

package dev.gatun.kernels.gpu;

/**
 * A rung of an operation's ladder: kernels that serve it, from which target on they run, for which shapes and why. A higher
 * rung is taken where it serves; {@link Ladder} chooses.
 */
enum Rung {
    EMBED("embed", 1, "embed_*", "any", "bytes of one table row a token"),
    NORM("norm", 1, "rms_norm", "any", "a block a row; the second reading comes from L1"),
    ANGLES("rotation", 1, "angles, rope", "any", "angles once a step, for all layers"),
    APPEND("append", 1, "kv_append_*", "any", "whole sectors of each head's page"),
    ELEMENTWISE("element by element", 1, "add, swiglu, gather", "any", "bytes alone; fused where a row is one"),

    PRODUCT_ROW(
            "product",
            1,
            "matmul_row_*",
            "1 row of float32",
            "eight lanes an output, 16 bytes a load; x once a block, in shared memory"),
    PRODUCT_ROWS(
            "product",
            2,
            "matmul_rows_*, pad_columns",
            "more rows of float32",
            "a weight serves four rows, with the bits of rung 1"),
    PRODUCT_ROW_INT8(
            "product",
            3,
            "matmul_row_int8_*, quantise_rows",
            "1 row of int8, quantised weights",
            "dp4a: a quarter of the instructions of rung 1"),
    PRODUCT_ROWS_INT8(
            "product",
            4,
            "matmul_rows_int8_*, quantise_rows",
            "2 to 16 rows of int8, quantised weights",
            "a weight serves four rows, with the bits of rung 3"),
    PRODUCT_TILE_INT8(
            "product",
            5,
            "matmul_tile_int8_*, quantise_rows",
            "17 rows of int8 or more, quantised weights",
            "int8 tensor cores; a weight serves 64 rows, with the bits of rung 3"),
    PRODUCT_TILE(
            "product",
            6,
            "matmul_tile_*",
            "17 rows or more, if tensor cores are asked for",
            "f16 tensor cores; rounds x, so a row has other bits than in rungs 1 to 5"),
    PRODUCT_WARPGROUP_TILE(
            "product",
            7,
            "matmul_tile_sm90a_*",
            "sm_90a",
            "65 rows or more on a chip of that target, f16 or bf16 weights, if tensor cores are asked for",
            "four warps multiply as one from shared memory; a weight serves 128 rows"),

    ATTENTION_INPUT_APART(
            "attention input", 1, "those of norm, product, rotation, append", "any", "the definition of the bits"),
    ATTENTION_INPUT_ROW(
            "attention input",
            2,
            "rms_norm_quantise, qkv_row_int8_*",
            "1 row of int8, quantised weights of one type, f16 or f32 cache",
            "two launches for nine, with the bits of rung 1"),
    ADD_PRODUCT_APART("projection and sum", 1, "those of product, add", "any", "the definition of the bits"),
    ADD_PRODUCT_ROW(
            "projection and sum",
            2,
            "quantise_rows, matmul_add_row_int8_*",
            "1 row of int8, quantised weights",
            "the sum in the product's epilogue, with the bits of rung 1"),
    FEED_FORWARD_APART(
            "feed-forward block", 1, "those of norm, product, swiglu, add", "any", "the definition of the bits"),
    FEED_FORWARD_ROW(
            "feed-forward block",
            2,
            "rms_norm_quantise, gate_up_row_int8_*, matmul_add_row_int8_*",
            "1 row of int8, quantised weights, gate and up of one type",
            "three launches for eight, with the bits of rung 1"),

    ATTENTION_DECODE(
            "attention",
            1,
            "attention_decode_*, attention_merge",
            "single rows, any cache",
            "float32; eight heads share a page, splits of 256 tokens fill the chip"),
    ATTENTION_PREFILL(
            "attention",
            2,
            "attention_prefill_*",
            "several rows of a sequence, any cache",
            "float32; eight rows share a page, with the bits of rung 1"),
    ATTENTION_TILE(
            "attention",
            3,
            "attention_tile_f16, attention_merge",
            "any rows, f16 cache, unless everything is float32",
            "tensor cores; heads of a group and rows share a page; the same bits in any batch"),

    ARGMAX("argmax", 1, "argmax", "any", "8 bytes a row cross to the host"),
    TOP_K("largest k", 1, "top_k, top_k_merge", "k up to 64", "a threshold, no sort; 8 k bytes a row cross");

    private final String operation;
    private final int number;
    private final String kernels;
    private final String target;
    private final String serves;
    private final String reason;

    Rung(String operation, int number, String kernels, String serves, String reason) {
        this(operation, number, kernels, "sm_80", serves, reason);
    }

    Rung(String operation, int number, String kernels, String target, String serves, String reason) {
        this.operation = operation;
        this.number = number;
        this.kernels = kernels;
        this.target = target;
        this.serves = serves;
        this.reason = reason;
    }

    /** What is done, in words: the rungs of one ladder share it. */
    String operation() {
        return operation;
    }

    /** From 1 on. */
    int number() {
        return number;
    }

    /** Names of kernels, {@code *} for a type, or of the operations whose kernels serve. */
    String kernels() {
        return kernels;
    }

    /** The lowest target the kernels are made for. */
    String target() {
        return target;
    }

    /** Which shapes and types it takes. */
    String serves() {
        return serves;
    }

    /** Why it is there. */
    String reason() {
        return reason;
    }

    /** Whether products of this rung take their input as signed bytes. */
    boolean takesCodes() {
        return this == PRODUCT_ROW_INT8 || this == PRODUCT_ROWS_INT8 || this == PRODUCT_TILE_INT8;
    }

    /** Whether a block of this rung makes a square tile of a product. */
    boolean makesTiles() {
        return this == PRODUCT_TILE || this == PRODUCT_TILE_INT8 || this == PRODUCT_WARPGROUP_TILE;
    }
}

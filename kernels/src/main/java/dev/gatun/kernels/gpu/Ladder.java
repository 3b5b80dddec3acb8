package dev.gatun.kernels.gpu;

import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;

/**
 * Chooses the rung that serves an operation: the only place that does.
 *
 * @param int8 whether products with quantised weights quantise their input
 * @param tensorCores whether products of many rows round their input to f16 or bf16
 * @param architecture of the chip, such as 90 for sm_90; 0 where only the lowest target may be counted on
 */
record Ladder(boolean int8, boolean tensorCores, int architecture) {
    private static final int WARPGROUP_ARCHITECTURE = 90; // sm_90a runs on no later chip
    private static final int MIN_WARPGROUP_ROWS = 65; // below, tiles of 64 rows waste less than those of 128
    private static final int MIN_TILE_ROWS = 17; // below, most of a tile of 64 would be padding

    /** The product of {@code rows} rows with weights of {@code layout}. */
    Rung product(DType layout, int rows) {
        boolean fillsTiles = rows >= MIN_TILE_ROWS;
        if (tensorCores && fillsTiles) {
            return servesWarpgroups(layout, rows) ? Rung.PRODUCT_WARPGROUP_TILE : Rung.PRODUCT_TILE;
        }
        if (!int8 || !layout.isQuantised()) {
            return rows == 1 ? Rung.PRODUCT_ROW : Rung.PRODUCT_ROWS;
        }
        return fillsTiles ? Rung.PRODUCT_TILE_INT8 : rows == 1 ? Rung.PRODUCT_ROW_INT8 : Rung.PRODUCT_ROWS_INT8;
    }

    private boolean servesWarpgroups(DType layout, int rows) {
        return architecture == WARPGROUP_ARCHITECTURE
                && rows >= MIN_WARPGROUP_ROWS
                && (layout == DType.F16 || layout == DType.BF16);
    }

    /** Norm, the three products, rotation and append of {@code rows} rows. */
    Rung attentionInput(int rows, GpuMatrix query, GpuMatrix key, GpuMatrix value, KvLayer layer) {
        boolean oneType = query.layout() == key.layout() && key.layout() == value.layout();
        boolean takesCache = layer.headDim() % Attention.HEAD_DIM_MULTIPLE == 0
                && (layer.type() == DType.F16 || layer.type() == DType.F32);
        return fuses(rows, query) && oneType && takesCache ? Rung.ATTENTION_INPUT_ROW : Rung.ATTENTION_INPUT_APART;
    }

    /** A product of {@code rows} rows that joins a sum. */
    Rung addProduct(int rows, GpuMatrix weight) {
        return fuses(rows, weight) ? Rung.ADD_PRODUCT_ROW : Rung.ADD_PRODUCT_APART;
    }

    /** Norm, gated products and projection of {@code rows} rows, joining a sum. */
    Rung feedForward(int rows, GpuMatrix gate, GpuMatrix up, GpuMatrix down) {
        boolean fused = fuses(rows, gate) && gate.layout() == up.layout() && fuses(rows, down);
        return fused ? Rung.FEED_FORWARD_ROW : Rung.FEED_FORWARD_APART;
    }

    /**
     * Attention over a cache of type {@code cache}.
     *
     * @param single whether each row stands alone in its sequence
     */
    Rung attention(DType cache, boolean single) {
        if ((int8 || tensorCores) && cache == DType.F16) {
            return Rung.ATTENTION_TILE;
        }
        return single ? Rung.ATTENTION_DECODE : Rung.ATTENTION_PREFILL;
    }

    private boolean fuses(int rows, GpuMatrix weight) {
        return int8 && rows == 1 && weight.layout().isQuantised();
    }
}

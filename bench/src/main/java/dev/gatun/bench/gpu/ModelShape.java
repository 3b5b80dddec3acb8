package dev.gatun.bench.gpu;

import dev.gatun.kernels.DType;

/**
 * The hyper-parameters of a model whose weights are random.
 *
 * @param tied whether the classifier is the embedding
 */
record ModelShape(
        String name,
        int layers,
        int width,
        int hidden,
        int heads,
        int kvHeads,
        int headDim,
        int vocabulary,
        boolean tied) {
    static final ModelShape EIGHT = new ModelShape("8b", 32, 4096, 14_336, 32, 8, 128, 128_256, false);
    static final ModelShape ONE = new ModelShape("1.2b", 16, 2048, 8192, 32, 8, 64, 128_256, true);
    static final ModelShape TINY = new ModelShape("tiny", 2, 256, 512, 4, 1, 64, 512, false);

    /** With fewer layers. */
    ModelShape withLayers(int count) {
        return count == layers
                ? this
                : new ModelShape(
                        name + "-" + count + "layers", count, width, hidden, heads, kvHeads, headDim, vocabulary, tied);
    }

    long layerWeights() {
        return (long) width * heads * headDim * 2 + 2L * width * kvHeads * headDim + 3L * width * hidden;
    }

    /** Bytes that a decode step of one row at position {@code context} has to read: matrices, keys and values. */
    long stepBytes(DType type, int rows, int context) {
        long weights = layers * layerWeights() + (long) vocabulary * width;
        return weights / type.groupSize() * type.groupByteSize() + (long) rows * context * kvBytes();
    }

    /** Of one token in a float16 cache. */
    long kvBytes() {
        return 2L * 2 * layers * kvHeads * headDim;
    }

    /** Multiply-adds of a row through all layers, attention apart. */
    long rowMultiplyAdds() {
        return layers * layerWeights();
    }
}

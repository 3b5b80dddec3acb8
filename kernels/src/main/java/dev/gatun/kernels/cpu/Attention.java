package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Batch;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Tensor;

/** Causal attention over a paged cache, as {@link dev.gatun.kernels.Backend} defines it; shapes are checked. */
interface Attention extends AutoCloseable {
    /** Allocates only for a shape larger than any before. */
    void attend(Tensor q, Batch batch, KvLayer layer, float scale, Tensor out);

    @Override
    void close();
}

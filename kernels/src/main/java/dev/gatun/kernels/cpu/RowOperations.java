package dev.gatun.kernels.cpu;

import dev.gatun.kernels.Batch;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;

/** The operations that treat each row for itself, as {@link dev.gatun.kernels.Backend} defines them; shapes are checked. */
interface RowOperations extends AutoCloseable {
    void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out);

    void rope(Tensor x, int headDim, Rotation rotation, Tensor angles);

    void append(Tensor k, Tensor v, Batch batch, KvLayer layer);

    void swiGlu(Tensor gate, Tensor up, Tensor out);

    void add(Tensor x, Tensor y);

    @Override
    void close();
}

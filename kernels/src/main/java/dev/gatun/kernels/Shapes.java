package dev.gatun.kernels;

import org.jspecify.annotations.Nullable;

/** The checks every backend makes before it computes, so that all refuse the same shapes in the same words. */
public final class Shapes {

    private Shapes() {}

    /** Checks {@link Backend#allocate}. */
    public static void allocate(int rows, int columns) {
        require(rows >= 0 && columns >= 0, "allocate", "rows", rows, "columns", columns);
    }

    /** Checks {@link Backend#weights}. */
    public static void weights(DType type, int rows, int columns, long sourceByteSize) {
        require(rows >= 1 && columns >= 1, "weights", "rows", rows, "columns", columns);
        long expected = Math.multiplyExact(type.byteSize(columns), (long) rows);
        require(sourceByteSize == expected, "weights", "sourceBytes", sourceByteSize, "expectedBytes", expected);
    }

    /** Checks {@link Backend#embed}. */
    public static void embed(Tensor table, Batch batch, Tensor out) {
        activations("embed", out);
        require(out.rows() == batch.rows(), "embed", "outRows", out.rows(), "batchRows", batch.rows());
        require(table.columns() == out.columns(), "embed", "table", table.columns(), "out", out.columns());
        for (int row = 0; row < batch.rows(); row++) {
            int token = batch.token(row);
            require(token >= 0 && token < table.rows(), "embed", "token", token, "tableRows", table.rows());
        }
    }

    /** Checks {@link Backend#rmsNorm}. */
    public static void rmsNorm(Tensor x, Tensor weight, Tensor out) {
        same("rmsNorm", x, out);
        activations("rmsNorm", weight);
        require(weight.rows() == 1, "rmsNorm", "weightRows", weight.rows(), "expected", 1);
        require(weight.columns() == x.columns(), "rmsNorm", "weight", weight.columns(), "x", x.columns());
    }

    /** Checks {@link Backend#matmul}. */
    public static void matmul(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor out) {
        activations("matmul", x);
        activations("matmul", out);
        require(x.columns() == weight.columns(), "matmul", "xColumns", x.columns(), "weight", weight.columns());
        require(out.columns() == weight.rows(), "matmul", "outColumns", out.columns(), "weightRows", weight.rows());
        require(out.rows() == x.rows(), "matmul", "outRows", out.rows(), "xRows", x.rows());
        if (bias != null) {
            activations("matmul", bias);
            require(bias.rows() == 1, "matmul", "biasRows", bias.rows(), "expected", 1);
            require(bias.columns() == out.columns(), "matmul", "bias", bias.columns(), "out", out.columns());
        }
    }

    /** Checks {@link Backend#angles}. */
    public static void angles(Batch batch, Rotation rotation, Tensor out) {
        activations("angles", out);
        require(out.rows() == batch.rows(), "angles", "outRows", out.rows(), "batchRows", batch.rows());
        require(
                out.columns() == rotation.dimensions(),
                "angles",
                "outColumns",
                out.columns(),
                "dimensions",
                rotation.dimensions());
    }

    /** Checks {@link Backend#rope}. */
    public static void rope(Tensor x, int headDim, Rotation rotation, Tensor angles) {
        activations("rope", x);
        require(headDim >= 1 && x.columns() % headDim == 0, "rope", "columns", x.columns(), "headDim", headDim);
        require(rotation.dimensions() <= headDim, "rope", "dimensions", rotation.dimensions(), "headDim", headDim);
        require(angles.rows() == x.rows(), "rope", "angleRows", angles.rows(), "xRows", x.rows());
        require(
                angles.columns() == rotation.dimensions(),
                "rope",
                "angleColumns",
                angles.columns(),
                "dimensions",
                rotation.dimensions());
    }

    /** Checks {@link Backend#append}. */
    public static void append(Tensor k, Tensor v, Batch batch, KvLayer layer) {
        same("append", k, v);
        require(k.rows() == batch.rows(), "append", "rows", k.rows(), "batchRows", batch.rows());
        int width = layer.kvHeads() * layer.headDim();
        require(k.columns() == width, "append", "columns", k.columns(), "kvHeads * headDim", width);
        pages("append", batch, layer);
    }

    /** Checks {@link Backend#attend}. */
    public static void attend(Tensor q, Batch batch, KvLayer layer, Tensor out) {
        same("attend", q, out);
        require(q.rows() == batch.rows(), "attend", "rows", q.rows(), "batchRows", batch.rows());
        int kvWidth = layer.kvHeads() * layer.headDim();
        require(q.columns() % kvWidth == 0, "attend", "columns", q.columns(), "kvHeads * headDim", kvWidth);
        pages("attend", batch, layer);
        for (int row = 0; row < batch.rows(); row++) {
            boolean last = row + 1 == batch.rows() || batch.sequence(row + 1) != batch.sequence(row);
            for (int i = 0; last && i < batch.position(row) / KvLayer.PAGE_TOKENS; i++) {
                int page = batch.page(batch.sequence(row), i);
                require(page >= 0 && page < layer.pages(), "attend", "page", page, "pages", layer.pages());
            }
        }
    }

    /** Checks a step whose operations were checked before with another batch: tokens and pages are all that differs. */
    public static void step(Batch batch, int tokens, int pages) {
        for (int row = 0; row < batch.rows(); row++) {
            int token = batch.token(row);
            require(token >= 0 && token < tokens, "embed", "token", token, "tableRows", tokens);
            int last = batch.position(row) / KvLayer.PAGE_TOKENS;
            require(
                    last < batch.pagesPerSequence(),
                    "attend",
                    "position",
                    batch.position(row),
                    "pagesPerSequence",
                    batch.pagesPerSequence());
            for (int i = 0; i <= last; i++) {
                int page = batch.page(batch.sequence(row), i);
                require(page >= 0 && page < pages, "attend", "page", page, "pages", pages);
            }
        }
    }

    /** Checks that two activation matrices have the same shape. */
    public static void same(String operation, Tensor a, Tensor b) {
        activations(operation, a);
        activations(operation, b);
        require(a.rows() == b.rows(), operation, "rows", a.rows(), "otherRows", b.rows());
        require(a.columns() == b.columns(), operation, "columns", a.columns(), "otherColumns", b.columns());
    }

    /** Checks {@link Backend#gather}. */
    public static void gather(Tensor x, Batch batch, Tensor out) {
        activations("gather", x);
        activations("gather", out);
        require(x.columns() == out.columns(), "gather", "columns", x.columns(), "otherColumns", out.columns());
        require(x.rows() == batch.rows(), "gather", "rows", x.rows(), "batchRows", batch.rows());
        require(out.rows() == batch.logitRows(), "gather", "outRows", out.rows(), "logitRows", batch.logitRows());
    }

    /** Checks {@link Backend#upload} and {@link Backend#download}. */
    public static void transfer(Tensor tensor, long hostByteSize) {
        activations("transfer", tensor);
        require(tensor.byteSize() == hostByteSize, "transfer", "tensor", tensor.byteSize(), "host", hostByteSize);
    }

    private static void pages(String operation, Batch batch, KvLayer layer) {
        for (int row = 0; row < batch.rows(); row++) {
            int position = batch.position(row);
            int index = position / KvLayer.PAGE_TOKENS;
            require(
                    position >= 0 && index < batch.pagesPerSequence(),
                    operation,
                    "position",
                    position,
                    "pagesPerSequence",
                    batch.pagesPerSequence());
            int page = batch.page(batch.sequence(row), index);
            require(page >= 0 && page < layer.pages(), operation, "page", page, "pages", layer.pages());
        }
    }

    private static void activations(String operation, Tensor tensor) {
        if (tensor.type() != DType.F32) {
            throw new IllegalArgumentException(operation + ": activations are F32: type=" + tensor.type());
        }
    }

    private static void require(boolean ok, String operation, String name, long value, String other, long limit) {
        if (!ok) {
            throw new IllegalArgumentException(operation + ": " + name + "=" + value + ", " + other + "=" + limit);
        }
    }
}

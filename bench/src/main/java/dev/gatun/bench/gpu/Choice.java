package dev.gatun.bench.gpu;

import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.gpu.GpuBackend;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The {@code k} largest logits of a row, on the device where it can, by sorting elsewhere. */
final class Choice implements Exercise.Copy {
    private final Backend backend;
    private final Tensor logits;
    private final int[] columns;
    private final float[] values;

    Choice(Backend backend, Tensor logits, int k) {
        this.backend = backend;
        this.logits = logits;
        this.columns = new int[k];
        this.values = new float[k];
    }

    @Override
    public void run() {
        if (!(backend instanceof GpuBackend gpu)) {
            sort();
        } else if (columns.length == 1) {
            gpu.argmax(logits, columns);
        } else {
            gpu.topK(logits, columns.length, columns, values);
        }
    }

    /** Of equal logits the first column is larger. */
    private void sort() {
        float[] all = new float[logits.columns()];
        backend.download(logits, MemorySegment.ofArray(all));
        int[] best = IntStream.range(0, all.length)
                .boxed()
                .sorted((a, b) -> Float.compare(all[b], all[a]))
                .mapToInt(Integer::intValue)
                .limit(columns.length)
                .toArray();
        System.arraycopy(best, 0, columns, 0, best.length);
    }

    /** The columns chosen, in ascending order: whether {@code topK} sorts is its own affair. */
    @Override
    public float[] result() {
        int[] sorted = columns.clone();
        Arrays.sort(sorted);
        float[] result = new float[sorted.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = sorted[i];
        }
        return result;
    }
}

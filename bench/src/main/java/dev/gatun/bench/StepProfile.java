package dev.gatun.bench;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.cpu.CpuBackend;
import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.model.ModelConfig;
import dev.gatun.runtime.model.Transformer;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time of a decode step on the processor goes, by operation, beside what the products would take at the read
 * bandwidth of the machine: first with the blocks of a layer whole, as they run, then taken apart.
 */
public final class StepProfile {
    private static final int CHUNK = 256;

    private StepProfile() {}

    /** {@code MODEL [THREADS [DEPTH [ROWS [STEPS [CACHE]]]]]}: rows are of as many sequences. */
    public static void main(String[] arguments) {
        if (arguments.length < 1 || arguments.length > 6) {
            System.err.println("usage: StepProfile MODEL [THREADS [DEPTH [ROWS [STEPS [f16|f32|q8_0]]]]]");
            System.exit(2);
        }
        int threads = number(arguments, 1, 1);
        int depth = number(arguments, 2, 128);
        int rows = number(arguments, 3, 1);
        int steps = number(arguments, 4, 200);
        DType cache = arguments.length > 5 ? DType.valueOf(arguments[5].toUpperCase(Locale.ROOT)) : DType.F16;
        double bandwidth = new ReadBandwidth(threads).measure() / 1e9;
        for (boolean whole : new boolean[] {true, false}) {
            try (Arena arena = Arena.ofShared();
                    TimedBackend backend = new TimedBackend(new CpuBackend(threads, Activations.AUTO), whole)) {
                run(Path.of(arguments[0]), backend, arena, depth, rows, steps, cache, bandwidth);
            }
        }
    }

    private static int number(String[] arguments, int index, int fallback) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : fallback;
    }

    private static void run(
            Path path,
            TimedBackend backend,
            Arena arena,
            int depth,
            int rows,
            int steps,
            DType cacheType,
            double bandwidth) {
        GgufFile file = GgufFile.open(path, arena);
        ModelConfig config = ModelConfig.of(file);
        Transformer transformer = Transformer.load(file, config, backend, arena, Math.max(rows, CHUNK), rows);
        int pages = (depth + steps) / KvLayer.PAGE_TOKENS + 1;
        List<KvLayer> cache = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            cache.add(backend.kvLayer(arena, cacheType, pages * rows, config.kvHeads(), config.headDim()));
        }
        Batch batch = new Batch(arena, Math.max(rows, CHUNK), rows, pages);
        int[][] tables = new int[rows][pages];
        for (int i = 0; i < rows * pages; i++) {
            tables[i / pages][i % pages] = i;
        }
        for (int row = 0; row < rows; row++) {
            for (int at = 0; at < depth; at += CHUNK) {
                begin(batch, tables);
                for (int t = at; t < Math.min(depth, at + CHUNK); t++) {
                    batch.add(100 + t % 1000, t, row, false);
                }
                transformer.forward(batch, cache);
            }
        }
        long least = Long.MAX_VALUE;
        backend.clear();
        for (int i = 0; i < steps; i++) {
            begin(batch, tables);
            for (int row = 0; row < rows; row++) {
                batch.add(100 + (i + row) % 1000, depth + i, row, true);
            }
            long begin = System.nanoTime();
            transformer.forward(batch, cache);
            least = Math.min(least, System.nanoTime() - begin);
        }
        print(backend, backend.nanos(), least, rows, transformer.weightByteSize(), bandwidth);
    }

    private static void begin(Batch batch, int[][] tables) {
        batch.clear();
        for (int[] table : tables) {
            batch.addSequence(table, table.length);
        }
    }

    private static void print(
            Backend backend, Map<String, Long> nanos, long least, int rows, long weightBytes, double bandwidth) {
        long sum = nanos.values().stream().mapToLong(Long::longValue).sum();
        System.out.printf(
                Locale.ROOT,
                "%s%nfastest step %.0f us, %d tokens/s; weights alone at %.1f GB/s: %.0f us%n",
                backend.description(),
                least / 1e3,
                Math.round(rows * 1e9 / least),
                bandwidth,
                weightBytes / bandwidth / 1e3);
        nanos.forEach((name, each) ->
                System.out.printf(Locale.ROOT, "%-36s %8.1f us  %5.1f %%%n", name, each / 1e3, 100.0 * each / sum));
        System.out.printf(Locale.ROOT, "%-36s %8.1f us%n%n", "sum of the least", sum / 1e3);
    }
}

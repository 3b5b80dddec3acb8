package dev.gatun.runtime.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Backend;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.DType;
import dev.gatun.kernels.KvLayer;
import dev.gatun.kernels.cpu.CpuBackend;
import dev.gatun.kernels.reference.ReferenceBackend;
import dev.gatun.runtime.gguf.GgufFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The forward pass against the papers, and against itself in other chunks and batches. */
class TransformerTest {
    private static final int PAGES = 12;
    private static final int PAGES_PER_SEQUENCE = 3;
    private static final int ROWS = 160;

    /** Pages of two sequences, scattered. */
    private static final int[][] TABLES = {{7, 2, 11}, {5, 0, 9}};

    enum Kind {
        REFERENCE_F32(() -> new ReferenceBackend(Activations.F32)),
        REFERENCE_INT8(() -> new ReferenceBackend(Activations.INT8)),
        CPU_F32(() -> new CpuBackend(2, Activations.F32)),
        CPU_INT8(() -> new CpuBackend(2, Activations.INT8)),
        CPU_INT8_ALONE(() -> new CpuBackend(1, Activations.INT8));

        @SuppressWarnings("ImmutableEnumChecker") // a factory without state
        private final Supplier<Backend> factory;

        Kind(Supplier<Backend> factory) {
            this.factory = factory;
        }

        Backend open() {
            return factory.get();
        }
    }

    /** A model on a backend with its cache. */
    private static final class Runner implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final Backend backend;
        private final Transformer transformer;
        private final List<KvLayer> cache = new ArrayList<>();
        private final Batch batch = new Batch(arena, ROWS, 2, PAGES_PER_SEQUENCE);

        Runner(Kind kind, TinyModel model, DType cacheType) {
            backend = kind.open();
            GgufFile file = model.file();
            transformer = Transformer.load(file, ModelConfig.of(file), backend, arena, ROWS, ROWS);
            for (int i = 0; i < model.layers(); i++) {
                cache.add(backend.kvLayer(arena, cacheType, PAGES, model.kvHeads(), model.headDim()));
            }
        }

        Runner begin() {
            batch.clear();
            for (int[] table : TABLES) {
                batch.addSequence(table, table.length);
            }
            return this;
        }

        void add(int token, int position, int sequence) {
            batch.add(token, position, sequence, true);
        }

        /** Logits of every row. */
        List<float[]> step() {
            transformer.forward(batch, cache);
            List<float[]> logits = new ArrayList<>();
            for (int i = 0; i < batch.logitRows(); i++) {
                float[] row = new float[transformer.config().vocabulary()];
                backend.download(transformer.logits(i), MemorySegment.ofArray(row));
                logits.add(row);
            }
            return logits;
        }

        /** Logits of all tokens, in steps of {@code chunk} rows. */
        List<float[]> run(int[] tokens, int chunk, int sequence) {
            List<float[]> logits = new ArrayList<>();
            for (int from = 0; from < tokens.length; from += chunk) {
                begin();
                for (int t = from; t < Math.min(tokens.length, from + chunk); t++) {
                    add(tokens[t], t, sequence);
                }
                logits.addAll(step());
            }
            return logits;
        }

        @Override
        public void close() {
            backend.close();
            arena.close();
        }
    }

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of(TinyModel.llama(DType.F32), DType.F32),
                Arguments.of(TinyModel.llama(DType.F32), DType.F16),
                Arguments.of(TinyModel.qwen2(DType.F32), DType.F32),
                Arguments.of(TinyModel.qwen2(DType.F32), DType.F16),
                Arguments.of(TinyModel.llama(DType.Q8_0), DType.F32),
                Arguments.of(TinyModel.qwen2(DType.Q4_0), DType.F32),
                Arguments.of(TinyModel.partlyRotated(), DType.F32));
    }

    @ParameterizedTest
    @MethodSource("models")
    void computesWhatThePapersSay(TinyModel model, DType cacheType) {
        int[] tokens = tokens(model, 70, 1);
        DoublePass pass = new DoublePass(model, cacheType);
        List<DoublePass.Vec> expected = new ArrayList<>();
        for (int token : tokens) {
            expected.add(pass.next(token));
        }
        for (Kind kind : List.of(Kind.REFERENCE_F32, Kind.CPU_F32)) {
            try (Runner runner = new Runner(kind, model, cacheType)) {
                List<float[]> actual = runner.run(tokens, tokens.length, 0);
                for (int t = 0; t < tokens.length; t++) {
                    assertWithin(expected.get(t), actual.get(t), kind + " " + model + " position " + t);
                }
            }
        }
    }

    /** And the bounds must mean something: a hundredth of what tells one token from another, or less. */
    private static void assertWithin(DoublePass.Vec expected, float[] actual, String what) {
        double spread = Arrays.stream(expected.v()).max().orElseThrow()
                - Arrays.stream(expected.v()).min().orElseThrow();
        for (int i = 0; i < actual.length; i++) {
            double bound = DoublePass.SIGMAS * expected.e()[i];
            double difference = Math.abs(actual[i] - expected.v()[i]);
            String where =
                    what + " logit " + i + " is " + actual[i] + ", expected " + expected.v()[i] + " within " + bound;
            assertTrue(difference <= bound, where);
            assertTrue(bound < spread / 100, where + ", which says nothing");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void prefillIsDecodesIsAnyChunkingBitForBit(Kind kind) {
        for (TinyModel model :
                List.of(TinyModel.llama(DType.Q8_0), TinyModel.qwen2(DType.Q4_0), TinyModel.llama(DType.F32))) {
            int[] tokens = tokens(model, 140, 2);
            try (Runner runner = new Runner(kind, model, DType.F16)) {
                List<float[]> whole = runner.run(tokens, tokens.length, 0);
                for (int chunk : new int[] {1, 7, 31, 64, 65}) {
                    List<float[]> parts = runner.run(tokens, chunk, 1);
                    assertEquals(whole.size(), parts.size());
                    for (int t = 0; t < tokens.length; t++) {
                        assertArrayEquals(
                                whole.get(t),
                                parts.get(t),
                                kind + " " + model + " position " + t + " in chunks of " + chunk);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aSequenceGivesTheSameBitsBesideAnother(Kind kind) {
        TinyModel model = TinyModel.qwen2(DType.Q4_0);
        int[] first = tokens(model, 75, 3);
        int[] second = tokens(model, 75, 4);
        try (Runner runner = new Runner(kind, model, DType.F16)) {
            List<float[]> alone = runner.run(first, first.length, 0);
            List<float[]> other = runner.run(second, 10, 1);
            List<float[]> beside = new ArrayList<>();
            // A prefill beside decodes: chunks of one sequence and single rows of the other, interleaved.
            List<float[]> otherBeside = new ArrayList<>();
            for (int t = 0; t < first.length; t++) {
                runner.begin();
                runner.add(first[t], t, 0);
                if (t % 5 == 0) {
                    for (int i = t; i < t + 5; i++) {
                        runner.add(second[i], i, 1);
                    }
                }
                List<float[]> logits = runner.step();
                beside.add(logits.getFirst());
                otherBeside.addAll(logits.subList(1, logits.size()));
            }
            for (int t = 0; t < first.length; t++) {
                assertArrayEquals(alone.get(t), beside.get(t), kind + " position " + t);
                assertArrayEquals(other.get(t), otherBeside.get(t), kind + " other, position " + t);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void onlyRowsThatAskedGetLogits(Kind kind) {
        TinyModel model = TinyModel.llama(DType.F32);
        int[] tokens = tokens(model, 20, 5);
        try (Runner runner = new Runner(kind, model, DType.F16)) {
            List<float[]> all = runner.run(tokens, tokens.length, 0);
            runner.begin();
            for (int t = 0; t < tokens.length; t++) {
                runner.batch.add(tokens[t], t, 1, t == 3 || t == 19);
            }
            List<float[]> some = runner.step();
            assertEquals(2, some.size());
            assertArrayEquals(all.get(3), some.get(0));
            assertArrayEquals(all.get(19), some.get(1));
        }
    }

    private static int[] tokens(TinyModel model, int count, long seed) {
        return new Random(seed).ints(count, 0, model.vocabulary()).toArray();
    }
}

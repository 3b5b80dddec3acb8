package dev.gatun.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.DType;
import dev.gatun.runtime.TestData;
import dev.gatun.sampler.SamplingParams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The default model against an exact float32 reference. */
@Tag("slow")
class GroundTruthTest {
    /** Where the float32 path's best two logits are further apart than this, int8 activations choose the same token. */
    private static final double CLEAR_GAP = 0.6;

    private static final double MOST_MEAN_KL = 0.006;

    private static Engine engine(BackendChoice backend, Activations activations) {
        return engine(backend, activations, DType.F16);
    }

    private static Engine engine(BackendChoice backend, Activations activations, DType kvType) {
        EngineOptions options = EngineOptions.DEFAULTS.withContext(256).withKvType(kvType);
        return Engine.open(TestData.smollm2(), options.withBackend(backend).withActivations(activations));
    }

    private static List<Integer> greedy(Engine engine, GroundTruth truth, int tokens) {
        SamplingParams sampling = SamplingParams.GREEDY.toBuilder()
                .maxTokens(tokens)
                .ignoreEos(true)
                .build();
        Generation generation = engine.submit(Request.tokens(truth.prompt()).with(sampling));
        generation.await();
        return Arrays.stream(generation.tokens()).boxed().toList();
    }

    @Test
    void theCpuInFloat32SaysWhatTheReferenceSays() throws IOException {
        try (Engine engine = engine(BackendChoice.CPU, Activations.F32)) {
            for (GroundTruth truth : GroundTruth.cases()) {
                int tokens = truth.continuation().size();
                assertEquals(truth.continuation(), greedy(engine, truth, tokens), truth.text());
            }
        }
    }

    @Test
    void theScalarDefinitionSaysWhatTheReferenceSays() throws IOException {
        try (Engine engine = engine(BackendChoice.REFERENCE, Activations.F32)) {
            GroundTruth truth = GroundTruth.cases().getFirst();
            assertEquals(truth.continuation().subList(0, 16), greedy(engine, truth, 16));
        }
    }

    @Test
    void thePtxMachineSaysWhatTheReferenceSays() throws IOException {
        try (Engine engine = engine(BackendChoice.PTXVM, Activations.F32)) {
            GroundTruth truth = GroundTruth.cases().getFirst();
            assertEquals(truth.continuation().subList(0, 8), greedy(engine, truth, 8));
        }
    }

    @Test
    void int8ActivationsStayCloseToFloat32() throws IOException {
        try (Engine exact = engine(BackendChoice.CPU, Activations.F32);
                Engine quantised = engine(BackendChoice.CPU, Activations.INT8)) {
            assertClose(exact, quantised, GroundTruth.cases(), Integer.MAX_VALUE);
        }
    }

    @Test
    void anEightBitCacheStaysCloseToFloat16() throws IOException {
        try (Engine exact = engine(BackendChoice.CPU, Activations.F32);
                Engine quantised = engine(BackendChoice.CPU, Activations.F32, DType.Q8_0)) {
            assertClose(exact, quantised, GroundTruth.cases().subList(0, 2), 16);
        }
    }

    @Test
    void thePtxMachineStaysCloseToTheProcessorWithInt8Activations() throws IOException {
        try (Engine processor = engine(BackendChoice.CPU, Activations.INT8);
                Engine machine = engine(BackendChoice.PTXVM, Activations.INT8)) {
            assertClose(processor, machine, GroundTruth.cases().subList(0, 1), 6);
        }
    }

    /** Compares what both say after each prompt and after {@code most} tokens of its continuation. */
    private static void assertClose(Engine exact, Engine other, List<GroundTruth> cases, int most) {
        double divergence = 0;
        int positions = 0;
        for (GroundTruth truth : cases) {
            int from = truth.prompt().size() - 1;
            int continuation =
                    Math.min(most, truth.tokens().length - truth.prompt().size());
            int[] tokens = Arrays.copyOf(truth.tokens(), truth.prompt().size() + continuation);
            List<float[]> expected = logits(exact, tokens, from);
            List<float[]> found = logits(other, tokens, from);
            for (int i = 0; i < expected.size(); i++) {
                divergence += klDivergence(expected.get(i), found.get(i));
                positions++;
                int best = argMax(expected.get(i));
                if (gap(expected.get(i), best) > CLEAR_GAP) {
                    assertEquals(best, argMax(found.get(i)), truth.text() + " step " + i);
                }
            }
        }
        double mean = divergence / positions;
        assertTrue(mean <= MOST_MEAN_KL, "mean divergence " + mean);
    }

    private static List<float[]> logits(Engine engine, int[] tokens, int from) {
        List<float[]> rows = new ArrayList<>();
        engine.evaluate(tokens, from, (position, logits) -> rows.add(logits.clone()));
        return rows;
    }

    /** Sum of p ln (p / q) with p, q the softmax of the two rows (Kullback and Leibler 1951). */
    private static double klDivergence(float[] p, float[] q) {
        double pNorm = logSumExp(p);
        double qNorm = logSumExp(q);
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double logP = p[i] - pNorm;
            sum += Math.exp(logP) * (logP - (q[i] - qNorm));
        }
        return sum;
    }

    private static double logSumExp(float[] row) {
        double most = row[argMax(row)];
        double sum = 0;
        for (float value : row) {
            sum += Math.exp(value - most);
        }
        return most + Math.log(sum);
    }

    private static int argMax(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    private static double gap(float[] row, int best) {
        float second = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < row.length; i++) {
            second = i == best ? second : Math.max(second, row[i]);
        }
        return row[best] - second;
    }
}

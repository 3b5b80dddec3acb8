package dev.gatun.cli.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
    private static final int VOCABULARY = 33;
    private static final Windows WINDOWS = new Windows(tokens(16), 8, 2, OptionalInt.of(1));

    @TempDir
    private Path folder;

    @Test
    void aUniformModelHasThePerplexityOfItsVocabulary() {
        Perplexity perplexity = new Perplexity();
        for (int i = 0; i < 5; i++) {
            perplexity.accept(i, new float[VOCABULARY]);
        }
        assertEquals(VOCABULARY, perplexity.value(), 1e-9);
        assertEquals(0, perplexity.standardError(), 1e-6);
        assertEquals(5, perplexity.count());
    }

    @Test
    void perplexityIsTheGeometricMeanOfInverseProbabilities() {
        Perplexity perplexity = new Perplexity();
        perplexity.accept(0, new float[] {(float) Math.log(0.5), (float) Math.log(0.5)});
        perplexity.accept(1, new float[] {(float) Math.log(0.875), (float) Math.log(0.125)});
        assertEquals(4, perplexity.value(), 1e-5);
    }

    @Test
    void survivesLogitsThatOverflowAnExponential() {
        Perplexity perplexity = new Perplexity();
        perplexity.accept(1, new float[] {-1e30f, 3e4f, 0});
        assertEquals(1, perplexity.value(), 1e-12);
    }

    @Test
    void scoresTheSecondHalfOfEachWindowButItsLastPosition() {
        assertEquals(4, WINDOWS.firstScored());
        assertEquals(2 * 3, WINDOWS.scored());
    }

    @Test
    void aRunDoesNotDivergeFromItself() throws Exception {
        Path file = stored(1);
        Divergence divergence = compare(file, 1);
        assertEquals(6, divergence.count());
        assertEquals(0, divergence.quantile(1), 1e-7);
        assertEquals(1, divergence.topAgreement());
        assertEquals(divergence.basePerplexity(), divergence.perplexity(), 1e-4 * divergence.perplexity());
    }

    @Test
    void divergenceAgreesWithItsDefinition() throws Exception {
        Divergence divergence = compare(stored(1), 2);
        double sum = 0;
        double most = 0;
        for (int row = 0; row < 6; row++) {
            double[] p = probabilities(logits(1, row));
            double[] q = probabilities(logits(2, row));
            double kl = 0;
            for (int i = 0; i < VOCABULARY; i++) {
                kl += p[i] * Math.log(p[i] / q[i]);
            }
            sum += kl;
            most = Math.max(most, kl);
        }
        assertEquals(sum / 6, divergence.mean(), 1e-3);
        assertEquals(most, divergence.quantile(1), 1e-3);
        assertTrue(divergence.quantile(0.5) <= divergence.quantile(0.99));
        assertTrue(divergence.topAgreement() < 1);
    }

    @Test
    void keepsTheWindowsInTheFile() throws Exception {
        try (BaseLogits.Reader reader = new BaseLogits.Reader(stored(1))) {
            assertEquals(VOCABULARY, reader.vocabulary());
            assertEquals(8, reader.windows().context());
            assertEquals(2, reader.windows().count());
            assertEquals(OptionalInt.of(1), reader.windows().bos());
            for (int i = 0; i < 16; i++) {
                assertEquals(WINDOWS.token(i), reader.windows().token(i));
            }
        }
    }

    @Test
    void refusesFilesThatAreCutOrForeign() throws Exception {
        byte[] whole = Files.readAllBytes(stored(1));
        for (int length : new int[] {0, 7, 20, 40}) {
            Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
            assertThrows(InvalidInputException.class, () -> new BaseLogits.Reader(cut));
        }
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length - 1));
        assertThrows(InvalidInputException.class, () -> compare(cut, 1));
        Path foreign = Files.write(folder.resolve("foreign"), new byte[1_000]);
        assertThrows(InvalidInputException.class, () -> new BaseLogits.Reader(foreign));
        byte[] damaged = whole.clone();
        damaged[8] = 0x7f; // a vocabulary of two thousand million tokens
        Path bad = Files.write(folder.resolve("bad"), damaged);
        assertThrows(InvalidInputException.class, () -> new BaseLogits.Reader(bad));
    }

    private Path stored(int seed) throws Exception {
        Path file = folder.resolve("base" + seed);
        try (BaseLogits.Writer writer = new BaseLogits.Writer(file, WINDOWS, VOCABULARY)) {
            for (int row = 0; row < WINDOWS.scored(); row++) {
                writer.accept(row, logits(seed, row));
            }
        }
        return file;
    }

    private static Divergence compare(Path file, int seed) throws Exception {
        try (BaseLogits.Reader reader = new BaseLogits.Reader(file)) {
            Divergence divergence = new Divergence(reader);
            for (int row = 0; row < WINDOWS.scored(); row++) {
                divergence.accept(row, logits(seed, row));
            }
            return divergence;
        }
    }

    private static float[] logits(int seed, int row) {
        Random random = new Random(1_000L * seed + row);
        float[] logits = new float[VOCABULARY];
        for (int i = 0; i < VOCABULARY; i++) {
            logits[i] = (float) (2 * random.nextGaussian()) + 100;
        }
        return logits;
    }

    private static double[] probabilities(float[] logits) {
        double sum = 0;
        double[] p = new double[logits.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(logits[i] - 100);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    private static int[] tokens(int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = i % VOCABULARY;
        }
        return tokens;
    }
}

package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * What the kernels that find the largest logits are asked, the answer being what sorting finds. Each of the sixteen keys of a
 * thread is among the largest, is the least of them, and is the last there is; more candidates than threads, fewer keys than
 * are asked for. Keys to merge are made up: it takes long rows to get so many by the first kernel.
 */
final class TopKJudges {
    private static final int THREADS = 256;
    private static final int KEYS = 16; // of a thread
    private static final int PART = THREADS * KEYS;

    private TopKJudges() {}

    static void addTo(Map<String, Supplier<List<Question>>> questions) {
        questions.put("top_k", TopKJudges::parts);
        questions.put("top_k_merge", TopKJudges::merge);
    }

    private static List<Question> parts() {
        List<Question> questions = new ArrayList<>();
        float[] special = new float[40];
        Arrays.fill(special, Float.NEGATIVE_INFINITY);
        float[] values = {-0f, 0f, Float.NaN, Float.POSITIVE_INFINITY, -1e-40f, 1e-40f, -3f};
        System.arraycopy(values, 0, special, 17, values.length);
        questions.add(found("fewer columns than threads", special, 2, 20));
        questions.add(found("a short part", Twins.plain(5, 2 * (PART + 5)), 2, 33));
        for (int key = 0; key < KEYS; key++) {
            questions.add(found("ends in key " + key, endingIn(key), 1, 4));
        }
        questions.add(found("two threads with all", crowd(1), 1, 2 * KEYS));
        questions.add(found("more candidates than threads", crowd(10), 1, 20));
        questions.add(found("all keys", scattered(), KEYS, 4 * KEYS));
        return questions;
    }

    private static List<Question> merge() {
        List<Question> questions = new ArrayList<>();
        questions.add(found("two parts of few rows", Twins.plain(2, 3 * (PART + 5)), 3, 9));
        for (int key = 0; key < KEYS; key++) {
            questions.add(merged("ends in key " + key, keys(endingIn(key), 1), 1, 4));
        }
        long[] some = keys(Twins.plain(3, 2 * (PART + 40)), 2);
        Arrays.fill(some, 2 * PART, 2 * PART + 70, 0); // none
        questions.add(merged("two parts", some, 2, 60));
        questions.add(merged("two threads with all", keys(crowd(1), 1), 1, 2 * KEYS));
        questions.add(merged("more candidates than threads", keys(crowd(10), 1), 1, 20));
        questions.add(merged("all keys", keys(scattered(), KEYS), KEYS, 4 * KEYS));
        return questions;
    }

    /** The last logits are the largest. */
    private static float[] endingIn(int key) {
        int columns = THREADS * key + 100;
        float[] logits = Twins.plain(key, columns);
        Arrays.fill(logits, columns - 3, columns, 9f);
        return logits;
    }

    /** The largest are those of the last {@code threads} and of the first. */
    private static float[] crowd(int threads) {
        float[] logits = new float[PART];
        for (int c = 0; c < PART; c++) {
            logits[c] = (c + threads) % THREADS < 2 * threads ? 1 : -c;
        }
        return logits;
    }

    /** Rows of four of the largest in each key, two of them negative, no two of one thread; the least is in another key each. */
    private static float[] scattered() {
        float[] logits = new float[KEYS * PART];
        Random random = new Random(1);
        Arrays.fill(logits, -1000f);
        for (int row = 0; row < KEYS; row++) {
            for (int key = 0; key < KEYS; key++) {
                for (int i = 0; i < 4; i++) {
                    int thread = (key * 4 + i) * 37 % THREADS;
                    float size = 1 + random.nextFloat();
                    boolean isLeast = key == row && i == 3;
                    logits[row * PART + key * THREADS + thread] = isLeast ? -900 : i % 2 == 0 ? size : -size;
                }
            }
        }
        return logits;
    }

    private static Question found(String what, float[] logits, int rows, int k) {
        int columns = logits.length / rows;
        float[] expected = new float[2 * rows * k];
        for (int row = 0; row < rows; row++) {
            int[] sorted = GpuTopKTest.sorted(logits, row, columns, k);
            for (int i = 0; i < k; i++) {
                expected[row * k + i] = sorted[i];
                expected[(rows + row) * k + i] = logits[row * columns + sorted[i]];
            }
        }
        Question.Operation operation = (backend, arena) -> {
            int[] found = new int[rows * k];
            float[] values = new float[rows * k];
            ((GpuBackend) backend).topK(Question.tensor(backend, arena, logits, rows), k, found, values);
            float[] answer = new float[2 * rows * k];
            for (int i = 0; i < found.length; i++) {
                answer[i] = found[i];
                answer[found.length + i] = values[i];
            }
            return answer;
        };
        return new Question(what, Activations.F32, false, operation, expected, new double[expected.length]);
    }

    /** Keys as the first kernel makes them of {@code logits}. */
    private static long[] keys(float[] logits, int rows) {
        int columns = logits.length / rows;
        long[] keys = new long[logits.length];
        for (int i = 0; i < keys.length; i++) {
            long order = GpuTopKTest.order(logits[i]) + (1L << 31);
            keys[i] = (order << 32) | (0xFFFF_FFFFL - i % columns);
        }
        return keys;
    }

    private static Question merged(String what, long[] keys, int rows, int k) {
        int count = keys.length / rows;
        int parts = Math.ceilDiv(count, PART);
        long[] expected = new long[rows * k * parts];
        for (int row = 0; row < rows; row++) {
            for (int part = 0; part < parts; part++) {
                int end = Math.min(count, (part + 1) * PART);
                long[] sorted = Arrays.copyOfRange(keys, row * count + part * PART, row * count + end);
                sortDescendingUnsigned(sorted);
                for (int i = 0; i < Math.min(k, sorted.length); i++) {
                    expected[(row * k + i) * parts + part] = parts == 1 ? entry(sorted[i]) : sorted[i];
                }
            }
        }
        Question.Launches launches = (device, arena) -> {
            MemorySegment from = device.allocate(arena, 8L * keys.length);
            MemorySegment to = device.allocate(arena, 8L * expected.length);
            device.copyIn(MemorySegment.ofArray(keys), from, 0);
            Kernel kernel = new Kernel(arena, device, "top_k_merge", THREADS);
            kernel.parameters().pointer(from, 0).pointer(to, 0).u32(count).u32(k);
            kernel.grid(parts, rows, 1);
            kernel.launch();
            long[] found = new long[expected.length];
            device.copyOut(to, 0, MemorySegment.ofArray(found));
            return pieces(found);
        };
        float[] answer = pieces(expected);
        return new Question(what, launches, answer, new double[answer.length]);
    }

    private static void sortDescendingUnsigned(long[] keys) {
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ~keys[i] ^ Long.MIN_VALUE;
        }
        Arrays.sort(keys);
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ~(keys[i] ^ Long.MIN_VALUE);
        }
    }

    /** The column, and above it the logit, of a key. */
    private static long entry(long key) {
        int order = (int) (key >>> 32);
        int bits = order < 0 ? order ^ Integer.MIN_VALUE : ~order;
        return ((long) bits << 32) | (~key & 0xFFFF_FFFFL);
    }

    /** Numbers that f32 holds. */
    private static float[] pieces(long[] numbers) {
        float[] pieces = new float[4 * numbers.length];
        MemorySegment shorts = MemorySegment.ofArray(numbers);
        for (int i = 0; i < pieces.length; i++) {
            pieces[i] = shorts.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i);
        }
        return pieces;
    }
}

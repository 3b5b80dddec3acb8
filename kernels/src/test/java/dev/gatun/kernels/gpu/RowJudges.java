package dev.gatun.kernels.gpu;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Batch;
import dev.gatun.kernels.Rotation;
import dev.gatun.kernels.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What the kernels on rows and elements are asked: ragged ends of every loop, more rows and blocks than one. */
final class RowJudges {
    private RowJudges() {}

    static void addTo(Map<String, Supplier<List<Question>>> questions) {
        questions.put("add", () -> List.of(add(2, 1300)));
        questions.put("swiglu", () -> List.of(swiGlu(2, 1300)));
        questions.put("gather", () -> List.of(gather(6, 300)));
        questions.put("argmax", RowJudges::argmax);
        questions.put("rms_norm", RowJudges::rmsNorm);
        questions.put("angles", RowJudges::angles);
        questions.put("rope", RowJudges::rope);
    }

    static Question add(int rows, int columns) {
        float[] x = Twins.numbers(1, rows * columns);
        float[] y = Twins.numbers(2, rows * columns);
        return Question.defined(
                "add",
                (backend, arena) -> {
                    Tensor sum = Question.tensor(backend, arena, x, rows);
                    backend.add(sum, Question.tensor(backend, arena, y, rows));
                    return Twins.floats(backend, sum);
                },
                0);
    }

    static Question swiGlu(int rows, int columns) {
        float[] gate = Twins.numbers(1, rows * columns);
        float[] up = Twins.numbers(2, rows * columns);
        gate[gate.length / 3] = -1000;
        Question.Operation operation = (backend, arena) -> {
            Tensor out = Question.empty(backend, arena, rows, columns);
            backend.swiGlu(Question.tensor(backend, arena, gate, rows), Question.tensor(backend, arena, up, rows), out);
            return Twins.floats(backend, out);
        };
        double[] bounds = new double[gate.length];
        for (int i = 0; i < bounds.length; i++) {
            double value = Math.abs(gate[i] / (1 + Math.exp(-gate[i])) * up[i]);
            bounds[i] = Twins.gamma(2 * Math.abs(gate[i]) + 16) * value + 100 * Twins.LEAST_NORMAL * Math.abs(up[i]);
        }
        return Question.defined("swiGlu", Activations.F32, false, operation, bounds);
    }

    static Question gather(int rows, int columns) {
        float[] x = Twins.numbers(1, rows * columns);
        return Question.defined(
                "gather",
                (backend, arena) -> {
                    Batch batch = batch(arena, rows, 0);
                    Tensor out = Question.empty(backend, arena, batch.logitRows(), columns);
                    backend.gather(Question.tensor(backend, arena, x, rows), batch, out);
                    return Twins.floats(backend, out);
                },
                0);
    }

    /** Each warp and each lane has the largest logit of some row; equal ones are near and far. */
    private static List<Question> argmax() {
        int rows = 12;
        int columns = 2100;
        float[] logits = Twins.numbers(1, rows * columns);
        float[] expected = new float[rows];
        int[] largest = {0, 31, 32, 99, 992, 1023, 1024, 1055, 2047, 2099, 517, 1300};
        for (int row = 0; row < rows; row++) {
            logits[row * columns + largest[row]] = 1e9f;
            expected[row] = largest[row];
        }
        logits[3 * columns + 100] = 1e9f; // later, of a neighbour
        logits[3 * columns + 99 + 1024] = 1e9f; // later, of the same thread
        logits[4 * columns + 993] = 0.99e9f;
        Arrays.fill(logits, 7 * columns, 8 * columns, -7f);
        logits[7 * columns + 1055] = -0x1.bffffep2f; // the least above -7
        logits[10 * columns + 517] = Float.POSITIVE_INFINITY;
        logits[11 * columns + 1299] = -1e9f;
        Question.Operation operation = (backend, arena) -> {
            int[] found = new int[rows];
            ((GpuBackend) backend).argmax(Question.tensor(backend, arena, logits, rows), found);
            float[] answer = new float[rows];
            for (int row = 0; row < rows; row++) {
                answer[row] = found[row];
            }
            return answer;
        };
        return List.of(new Question("argmax", Activations.F32, false, operation, expected, new double[rows]));
    }

    private static List<Question> rmsNorm() {
        return List.of(rmsNorm(3, 300, 1e-5f), rmsNorm(2, 7, 3f), rmsNorm(2, 600, 0.5f));
    }

    /** To the bits, in the order that the kernel's header promises; {@link GpuRowTest} says how near the definition that is. */
    static Question rmsNorm(int rows, int columns, float epsilon) {
        float[] x = Twins.plain(columns, rows * columns);
        float[] weight = Twins.plain(2, columns);
        float[] expected = new float[x.length];
        for (int row = 0; row < rows; row++) {
            float[] sums = new float[256];
            for (int c = 0; c < columns; c++) {
                float value = x[row * columns + c];
                sums[c % 256] = Math.fma(value, value, sums[c % 256]);
            }
            float total = 0;
            for (int warp = 0; warp < 8; warp++) {
                for (int distance = 16; distance > 0; distance /= 2) {
                    for (int lane = 0; lane < distance; lane++) {
                        sums[32 * warp + lane] += sums[32 * warp + lane + distance];
                    }
                }
                total += sums[32 * warp];
            }
            float scale = 1 / (float) Math.sqrt(total / columns + epsilon);
            for (int c = 0; c < columns; c++) {
                expected[row * columns + c] = x[row * columns + c] * scale * weight[c];
            }
        }
        Question.Operation operation = (backend, arena) -> {
            Tensor out = Question.empty(backend, arena, rows, columns);
            backend.rmsNorm(
                    Question.tensor(backend, arena, x, rows), Question.tensor(backend, arena, weight, 1), epsilon, out);
            return Twins.floats(backend, out);
        };
        String what = "rmsNorm " + columns;
        return new Question(what, Activations.F32, false, operation, expected, new double[expected.length]);
    }

    /** In f64, so that f32 results are the same bits, but for ties that are not among these. */
    private static List<Question> angles() {
        Rotation rotation = rotation(Rotation.Pairs.ADJACENT, 140);
        return List.of(
                Question.defined("angles", angles(rotation, 0), 0),
                Question.defined("angles far", angles(rotation, 131_000), 0));
    }

    private static Question.Operation angles(Rotation rotation, int firstPosition) {
        return (backend, arena) -> {
            Tensor out = Question.empty(backend, arena, 5, rotation.dimensions());
            backend.angles(batch(arena, 5, firstPosition), rotation, out);
            return Twins.floats(backend, out);
        };
    }

    private static List<Question> rope() {
        return List.of(rope(Rotation.Pairs.ADJACENT, 3, 2, 150, 140), rope(Rotation.Pairs.HALVES, 3, 2, 10, 8));
    }

    static Question rope(Rotation.Pairs pairs, int rows, int heads, int headDim, int turned) {
        Rotation rotation = rotation(pairs, turned);
        float[] x = Twins.plain(headDim, rows * heads * headDim);
        float[] angles = Twins.plain(5, rows * turned);
        double[] bounds = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double most = 0;
            for (int d = 0; d < headDim; d++) {
                most = Math.max(most, Math.abs(x[i / headDim * headDim + d]));
            }
            bounds[i] = 2 * 4 * most * Twins.gamma(4);
        }
        return Question.defined(
                "rope " + headDim,
                Activations.F32,
                false,
                (backend, arena) -> {
                    Tensor out = Question.tensor(backend, arena, x, rows);
                    backend.rope(out, headDim, rotation, Question.tensor(backend, arena, angles, rows));
                    return Twins.floats(backend, out);
                },
                bounds);
    }

    private static Rotation rotation(Rotation.Pairs pairs, int dimensions) {
        double[] frequencies = new double[dimensions / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(10_000, -2.0 * i / dimensions);
        }
        return new Rotation(pairs, frequencies, 1.25f);
    }

    /** Every second row asks for logits, and there is room for more rows than there are. */
    private static Batch batch(Arena arena, int rows, int firstPosition) {
        Batch batch = new Batch(arena, rows + 3, 2, 1);
        batch.addSequence(new int[] {0}, 1);
        for (int row = 0; row < rows; row++) {
            batch.add(row, firstPosition + 3 * row, 0, row % 2 == 1);
        }
        return batch;
    }
}

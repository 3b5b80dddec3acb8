package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong shapes are refused by every backend in the same words, before anything is written. */
class ShapeContractTest {

    private interface Call {
        void run(Backend backend);
    }

    static Stream<Subject> subjects() {
        List<Subject> cpus = Subject.cpus(Activations.F32);
        return Stream.concat(Stream.of(Subject.reference(Activations.F32)), cpus.stream());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void refusesWrongShapesWithTheirValues(Subject subject) {
        try (Arena arena = Arena.ofShared()) {
            Backend backend = subject.backend();
            Map<String, Call> calls = new LinkedHashMap<>();
            memory(backend, arena, calls);
            products(backend, arena, calls);
            rows(backend, arena, calls);
            caches(backend, arena, calls);
            calls.forEach((message, call) -> {
                IllegalArgumentException refused = assertThrows(
                        IllegalArgumentException.class, () -> call.run(backend), () -> subject + ": " + message);
                assertEquals(message, refused.getMessage(), subject::toString);
            });
        } finally {
            subject.close();
        }
    }

    private static void memory(Backend backend, Arena arena, Map<String, Call> calls) {
        MemorySegment bytes = arena.allocate(40);
        Tensor x = floats(backend, arena, 2, 5);
        calls.put("weights: sourceBytes=40, expectedBytes=36", b -> b.weights(arena, DType.Q4_0, 2, 32, bytes));
        calls.put(
                "not a whole number of groups: type=Q5_1, elements=31, group=32",
                b -> b.weights(arena, DType.Q5_1, 1, 31, bytes));
        calls.put("weights: rows=0, columns=10", b -> b.weights(arena, DType.F32, 0, 10, bytes));
        calls.put("allocate: rows=-1, columns=4", b -> b.allocate(arena, DType.F32, -1, 4));
        calls.put("a kv cache is F16, F32 or Q8_0: type=Q4_0", b -> b.kvLayer(arena, DType.Q4_0, 1, 1, 32));
        calls.put("pages=0, kvHeads=1, headDim=32", b -> b.kvLayer(arena, DType.F16, 0, 1, 32));
        calls.put("transfer: tensor=40, host=36", b -> b.upload(arena.allocate(36), x));
        calls.put("transfer: tensor=40, host=44", b -> b.download(x, arena.allocate(44)));
    }

    private static void products(Backend backend, Arena arena, Map<String, Call> calls) {
        Tensor x = floats(backend, arena, 3, 32);
        Tensor weight = StoredWeights.random(DType.Q8_0, 7, 32, 1).in(backend, arena);
        Tensor wide = StoredWeights.random(DType.Q8_0, 7, 64, 1).in(backend, arena);
        Tensor out = floats(backend, arena, 3, 7);
        calls.put("matmul: xColumns=32, weight=64", b -> b.matmul(x, wide, null, out));
        calls.put("matmul: outColumns=8, weightRows=7", b -> b.matmul(x, weight, null, floats(backend, arena, 3, 8)));
        calls.put("matmul: outRows=2, xRows=3", b -> b.matmul(x, weight, null, floats(backend, arena, 2, 7)));
        calls.put("matmul: bias=8, out=7", b -> b.matmul(x, weight, floats(backend, arena, 1, 8), out));
        calls.put("matmul: biasRows=2, expected=1", b -> b.matmul(x, weight, floats(backend, arena, 2, 7), out));
        calls.put(
                "matmul: activations are F32: type=Q8_0",
                b -> b.matmul(new Tensor(DType.Q8_0, 3, 32, x.storage(), 0), weight, null, out));
        Batch batch = new Batch(arena, 2, 1, 1);
        batch.addSequence(new int[] {0}, 1);
        batch.add(6, 0, 0, true);
        batch.add(7, 1, 0, false);
        calls.put("embed: token=7, tableRows=7", b -> b.embed(weight, batch, floats(backend, arena, 2, 32)));
        calls.put("embed: outRows=3, batchRows=2", b -> b.embed(weight, batch, x));
        calls.put("embed: table=32, out=31", b -> b.embed(weight, batch, floats(backend, arena, 2, 31)));
        calls.put("gather: outRows=3, logitRows=1", b -> b.gather(floats(backend, arena, 2, 32), batch, x));
        calls.put("gather: rows=3, batchRows=2", b -> b.gather(x, batch, floats(backend, arena, 1, 32)));
        calls.put(
                "gather: columns=32, otherColumns=31",
                b -> b.gather(floats(backend, arena, 2, 32), batch, floats(backend, arena, 1, 31)));
    }

    private static void rows(Backend backend, Arena arena, Map<String, Call> calls) {
        Tensor x = floats(backend, arena, 2, 8);
        Tensor narrow = floats(backend, arena, 2, 7);
        Rotation rotation = new Rotation(Rotation.Pairs.HALVES, new double[] {1, 0.5, 0.25}, 1f);
        Batch batch = new Batch(arena, 2, 1, 1);
        batch.addSequence(new int[] {0}, 1);
        batch.add(0, 0, 0, false);
        batch.add(0, 1, 0, false);
        calls.put("rmsNorm: weightRows=2, expected=1", b -> b.rmsNorm(x, x, 1e-5f, x));
        calls.put("rmsNorm: weight=7, x=8", b -> b.rmsNorm(x, floats(backend, arena, 1, 7), 1e-5f, x));
        calls.put("rmsNorm: columns=8, otherColumns=7", b -> b.rmsNorm(x, floats(backend, arena, 1, 8), 1e-5f, narrow));
        calls.put("swiGlu: columns=8, otherColumns=7", b -> b.swiGlu(x, narrow, x));
        calls.put("swiGlu: rows=2, otherRows=3", b -> b.swiGlu(x, x, floats(backend, arena, 3, 8)));
        calls.put("add: rows=2, otherRows=1", b -> b.add(x, floats(backend, arena, 1, 8)));
        calls.put("angles: outColumns=8, dimensions=6", b -> b.angles(batch, rotation, x));
        calls.put("angles: outRows=1, batchRows=2", b -> b.angles(batch, rotation, floats(backend, arena, 1, 6)));
        calls.put("rope: columns=8, headDim=3", b -> b.rope(x, 3, rotation, floats(backend, arena, 2, 6)));
        calls.put("rope: columns=8, headDim=0", b -> b.rope(x, 0, rotation, floats(backend, arena, 2, 6)));
        calls.put("rope: dimensions=6, headDim=4", b -> b.rope(x, 4, rotation, floats(backend, arena, 2, 6)));
        calls.put("rope: angleRows=1, xRows=2", b -> b.rope(x, 8, rotation, floats(backend, arena, 1, 6)));
        calls.put("rope: angleColumns=8, dimensions=6", b -> b.rope(x, 8, rotation, x));
    }

    private static void caches(Backend backend, Arena arena, Map<String, Call> calls) {
        KvLayer layer = backend.kvLayer(arena, DType.F16, 2, 2, 8);
        Tensor kv = floats(backend, arena, 1, 16);
        Tensor q = floats(backend, arena, 1, 32);
        calls.put("append: columns=32, kvHeads * headDim=16", b -> b.append(q, q, at(arena, 0, 0), layer));
        calls.put("append: rows=1, batchRows=2", b -> b.append(kv, kv, at(arena, 0, 0, 1), layer));
        calls.put("append: page=2, pages=2", b -> b.append(kv, kv, at(arena, 2, 0), layer));
        calls.put("append: page=-1, pages=2", b -> b.append(kv, kv, at(arena, -1, 0), layer));
        calls.put("append: position=128, pagesPerSequence=2", b -> b.append(kv, kv, at(arena, 0, 128), layer));
        calls.put("attend: columns=24, kvHeads * headDim=16", b -> {
            Tensor odd = floats(backend, arena, 1, 24);
            b.attend(odd, at(arena, 0, 0), layer, 1f, odd);
        });
        calls.put("attend: rows=1, otherRows=2", b -> b.attend(q, at(arena, 0, 0), layer, 1f, floats(b, arena, 2, 32)));
        calls.put("attend: page=7, pages=2", b -> b.attend(q, at(arena, 7, 3), layer, 1f, q));
        // The first page of a sequence that reaches into its second.
        calls.put("attend: page=9, pages=2", b -> b.attend(q, at(arena, 9, 64), layer, 1f, q));
    }

    private static Tensor floats(Backend backend, Arena arena, int rows, int columns) {
        return backend.allocate(arena, DType.F32, rows, columns);
    }

    /** One sequence with pages {first, 1} and a row at each position. */
    private static Batch at(Arena arena, int firstPage, int... positions) {
        Batch batch = new Batch(arena, positions.length, 1, 2);
        batch.addSequence(new int[] {firstPage, 1}, 2);
        for (int position : positions) {
            batch.add(0, position, 0, false);
        }
        return batch;
    }
}

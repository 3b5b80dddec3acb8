package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Once its code is compiled, no operation of the CPU backend takes heap, on any of its threads. What the vector interface
 * allocates while it is still interpreted goes away with compilation, so each operation is repeated until it has run
 * {@link #CALLS} times without; if it never does, the last figure is in the failure.
 */
class AllocationContractTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 50;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    /** An operation with its operands. */
    private record Operation(String name, int rows, Runnable call) {
        boolean isProduct() {
            return name.startsWith("matmul") || name.startsWith("qkv") || name.startsWith("feedForward");
        }
    }

    static Stream<Subject> subjects() {
        return Stream.of(Activations.F32, Activations.INT8)
                .flatMap(activations -> Subject.cpus(activations).stream()
                        .filter(subject -> keepsOrCloses(subject, subject.threads() == 2)));
    }

    private static boolean keepsOrCloses(Subject subject, boolean keeps) {
        if (!keeps) {
            subject.close();
        }
        return keeps;
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void operationsTakeNoHeapInSteadyState(Subject subject) {
        boolean scalar = subject.tier().equals("scalar");
        assertTakeNoHeap(subject, operation -> scalar || !operation.isProduct());
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void productsOfTheVectorTierTakeNoHeapInSteadyState(Subject subject) {
        assertTakeNoHeap(subject, Operation::isProduct);
    }

    private static void assertTakeNoHeap(Subject subject, Predicate<Operation> which) {
        try (Arena arena = Arena.ofShared()) {
            long[] ids = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.equals(Thread.currentThread())
                            || thread.getName().startsWith("gatun-cpu-"))
                    .mapToLong(Thread::threadId)
                    .toArray();
            List<Operation> operations = new ArrayList<>();
            for (int rows : new int[] {1, 7}) {
                operations.addAll(operations(subject.backend(), arena, rows));
            }
            List<String> takers = new ArrayList<>();
            for (Operation operation : operations.stream().filter(which).toList()) {
                long deadline = System.nanoTime() + PATIENCE_NANOS;
                long taken = taken(ids, operation.call());
                while (taken != 0 && System.nanoTime() < deadline) {
                    taken = taken(ids, operation.call());
                }
                if (taken != 0) {
                    takers.add(operation.name() + " of " + operation.rows() + " rows: " + taken / CALLS + " bytes");
                }
            }
            assertEquals(List.of(), takers, subject::toString);
        } finally {
            subject.close();
        }
    }

    private static long taken(long[] ids, Runnable call) {
        long before = allocated(ids);
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return allocated(ids) - before;
    }

    private static long allocated(long[] ids) {
        long sum = 0;
        for (long id : ids) {
            sum += THREADS.getThreadAllocatedBytes(id);
        }
        return sum;
    }

    private static List<Operation> operations(Backend backend, Arena arena, int rows) {
        int width = 64;
        Batch batch = new Batch(arena, rows, 1, 2);
        batch.addSequence(new int[] {1, 0}, 2);
        for (int row = 0; row < rows; row++) {
            batch.add(row, 60 + row, 0, true);
        }
        Tensor x = Numbers.tensor(backend, arena, Numbers.plain(1, rows * width), rows, width);
        Tensor y = Numbers.tensor(backend, arena, Numbers.plain(2, rows * width), rows, width);
        Tensor out = backend.allocate(arena, DType.F32, rows, width);
        Tensor norm = Numbers.tensor(backend, arena, Numbers.plain(3, width), 1, width);
        KvLayer layer = backend.kvLayer(arena, DType.F16, 2, 2, 32);
        Rotation rotation = new Rotation(Rotation.Pairs.HALVES, new double[16], 1f);
        Tensor angles = backend.allocate(arena, DType.F32, rows, 32);
        List<Operation> operations = new ArrayList<>();
        for (DType type : DType.values()) {
            Tensor weight = StoredWeights.random(type, width, width, 4).in(backend, arena);
            operations.add(new Operation("matmul " + type, rows, () -> backend.matmul(x, weight, norm, out)));
            operations.add(new Operation("embed " + type, rows, () -> backend.embed(weight, batch, out)));
            operations.add(new Operation(
                    "qkv " + type,
                    rows,
                    () -> backend.qkv(x, weight, null, weight, norm, weight, null, out, out, out)));
            operations.add(new Operation(
                    "feedForward " + type, rows, () -> backend.feedForward(x, weight, weight, weight, out, y, out)));
        }
        operations.add(new Operation("rmsNorm", rows, () -> backend.rmsNorm(x, norm, 1e-5f, out)));
        operations.add(new Operation("angles", rows, () -> backend.angles(batch, rotation, angles)));
        operations.add(new Operation("rope", rows, () -> backend.rope(out, 32, rotation, angles)));
        operations.add(new Operation("append", rows, () -> backend.append(x, y, batch, layer)));
        operations.add(new Operation("attend", rows, () -> backend.attend(x, batch, layer, 0.1f, out)));
        operations.add(new Operation("swiGlu", rows, () -> backend.swiGlu(x, y, out)));
        operations.add(new Operation("add", rows, () -> backend.add(out, y)));
        operations.add(new Operation("copyPage", rows, () -> backend.copyPage(layer, 1, 0)));
        operations.add(new Operation("gather", rows, () -> backend.gather(x, batch, out)));
        return operations;
    }
}

package dev.gatun.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.reference.ReferenceBackend;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing is timed that is wrong. */
class GateTest {
    private final Stand stand = Stand.open("ptxvm", 1);

    @AfterEach
    void close() {
        stand.close();
    }

    /** An operation whose device's answer is bent. */
    private static Exercise bent(UnaryOperator<float[]> bend) {
        return new Exercise(
                "bent",
                Activations.F32,
                false,
                4,
                0,
                1e-5,
                true,
                (backend, arena) -> seed -> {
                    float[] right = {seed % 100 + 1, 2, 3};
                    boolean isDefinition = backend instanceof ReferenceBackend;
                    return new Exercise.Copy() {
                        @Override
                        public void run() {}

                        @Override
                        public float[] result() {
                            return isDefinition ? right : bend.apply(right.clone());
                        }
                    };
                },
                null);
    }

    @Test
    void passesWhatIsRightAndOnlyThat() {
        Gate gate = new Gate(stand, 3);
        assertTrue(gate.judge(bent(right -> right)).passed());
        assertFalse(gate.judge(bent(right -> {
                    right[1] += 0.01f;
                    return right;
                }))
                .passed());
        assertFalse(gate.judge(bent(right -> {
                    right[2] = Float.NaN;
                    return right;
                }))
                .passed());
    }

    @Test
    void refusesOtherBitsTheSecondTime() {
        AtomicInteger calls = new AtomicInteger();
        Gate.Verdict verdict = new Gate(stand, 3).judge(bent(right -> {
            right[1] += calls.incrementAndGet() * 1e-6f;
            return right;
        }));
        assertFalse(verdict.passed());
        assertTrue(verdict.note().contains("other bits"), verdict.note());
    }

    @Test
    void errorsAreOfTheWholeResult() {
        assertEquals(0.1, Gate.error(new float[] {3, 4}, new float[] {3, 4.5f}), 1e-9);
        assertEquals(Double.POSITIVE_INFINITY, Gate.error(new float[] {1}, new float[] {Float.NaN}));
        assertEquals(0, Gate.error(new float[] {0}, new float[] {0}));
    }
}

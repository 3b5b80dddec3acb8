package dev.gatun.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.kernels.Activations;
import dev.gatun.kernels.Tensor;
import dev.gatun.kernels.device.VmDevice;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.exec.LaunchOptions;
import dev.gatun.ptx.exec.Order;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The largest logits of a row and where they are, against sorting. */
@Tag("device")
class GpuTopKTest {

    @ParameterizedTest(name = "{1} of {0} columns, {2} rows")
    @CsvSource({
        "1, 1, 1",
        "7, 1, 3",
        "7, 7, 2",
        "33, 33, 2",
        "33, 5, 70",
        "64, 64, 1",
        "255, 64, 1",
        "257, 64, 1",
        "4095, 64, 1",
        "4096, 64, 1",
        "4097, 64, 2",
        "8193, 1, 2",
        "49152, 40, 2",
        "128256, 64, 1",
        "300000, 64, 1", // merged twice
    })
    void findsWhatSortingFinds(int columns, int k, int rows) {
        check(LaunchOptions.DEFAULT.withWorkers(2), Twins.numbers(columns, rows * columns), rows, columns, k);
    }

    /** Logits of few values, all equal ones, and the orders in which a threshold serves worst. */
    @ParameterizedTest
    @ValueSource(ints = {33, 4096, 10_000})
    void givesEqualLogitsByAscendingColumn(int columns) {
        Random random = new Random(columns);
        float[] logits = new float[5 * columns];
        for (int c = 0; c < columns; c++) {
            logits[c] = random.nextInt(3);
            logits[columns + c] = -1.5f;
            logits[2 * columns + c] = c;
            logits[3 * columns + c] = -c;
            logits[4 * columns + c] = c % 256 < 64 ? 1 : 0; // all that counts in 64 threads of a block
        }
        check(LaunchOptions.DEFAULT.withWorkers(2), logits, 5, columns, 33);
    }

    /** Parts that are full, one column long, and merged where a block has fewer keys than are asked for; larger logits first. */
    @Test
    void forgetsWhatItFoundBefore() {
        try (Twins twins = Twins.open(Activations.F32)) {
            int[] sizes = {262_144, 262_145, 200_000, 5000, 70};
            for (int i = 0; i < sizes.length; i++) {
                float[] logits = new float[sizes[i]];
                for (int c = 0; c < logits.length; c++) {
                    logits[c] = i == 2 ? Math.floorDiv(c, 4) - 4e6f : -c - 3e5f * i;
                }
                check(twins, logits, 1, sizes[i], 64);
            }
        }
    }

    @Test
    void ordersInfinitiesZerosAndNansTotally() {
        float[] logits = new float[4500];
        Arrays.fill(logits, -3f);
        logits[4400] = Float.NaN;
        logits[17] = Float.intBitsToFloat(0x7F80_0001);
        logits[4300] = Float.POSITIVE_INFINITY;
        logits[9] = 0f;
        logits[8] = -0f;
        logits[5] = Float.NEGATIVE_INFINITY;
        logits[6] = Float.intBitsToFloat(0xFFFF_FFFF);
        int[] found = check(LaunchOptions.DEFAULT, logits, 1, logits.length, 7);
        assertArrayEquals(new int[] {4400, 17, 4300, 9, 8, 0, 1}, found);
        float[] nans = new float[40];
        Arrays.fill(nans, Float.NaN);
        nans[3] = Float.NEGATIVE_INFINITY;
        check(LaunchOptions.DEFAULT, nans, 1, 40, 40);
    }

    @Test
    void beginsWithTheArgmax() {
        try (Twins twins = Twins.open(Activations.F32)) {
            float[] logits = Twins.numbers(5, 3 * 9000);
            logits[100] = Float.NaN;
            Tensor tensor = twins.tensor(twins.gpu(), logits, 3, 9000);
            int[] largest = new int[3];
            twins.gpu().argmax(tensor, largest);
            int[] columns = new int[3];
            twins.gpu().topK(tensor, 1, columns, new float[3]);
            assertArrayEquals(largest, columns);
        }
    }

    @Test
    void findsTheSameInAnyOrderAndNothingForCheckers() {
        float[] logits = Twins.numbers(3, 2 * 9000);
        for (int c = 0; c < 9000; c += 3) {
            logits[c] = 2.5f;
        }
        check(LaunchOptions.DEFAULT.withOrder(Order.REVERSE, 0), logits, 2, 9000, 50);
        check(LaunchOptions.DEFAULT.withOrder(Order.RANDOM, 5), logits, 2, 9000, 50);
        check(LaunchOptions.DEFAULT.withWorkers(3), logits, 2, 9000, 50);
        Checker checker = Checker.all();
        check(LaunchOptions.DEFAULT.withWatcher(checker), logits, 2, 9000, 50);
        checker.assertClean();
    }

    @Test
    void refusesWhatItCannotFind() {
        try (Twins twins = Twins.open(Activations.F32)) {
            Tensor logits = twins.tensor(twins.gpu(), new float[2 * 100], 2, 100);
            Tensor few = twins.tensor(twins.gpu(), new float[7], 1, 7);
            for (int k : new int[] {0, -1, 65}) {
                IllegalArgumentException refusal = assertThrows(
                        IllegalArgumentException.class,
                        () -> twins.gpu().topK(logits, k, new int[200], new float[200]));
                assertTrue(refusal.toString().contains("k=" + k), refusal::toString);
            }
            assertThrows(IllegalArgumentException.class, () -> twins.gpu().topK(few, 8, new int[8], new float[8]));
            assertThrows(IllegalArgumentException.class, () -> twins.gpu().topK(logits, 5, new int[9], new float[10]));
        }
    }

    /** Compares every place with what sorting finds; the columns found. */
    private static int[] check(LaunchOptions options, float[] logits, int rows, int columns, int k) {
        try (Twins twins = Twins.of(Activations.F32, VmDevice.open(options), false)) {
            return check(twins, logits, rows, columns, k);
        }
    }

    private static int[] check(Twins twins, float[] logits, int rows, int columns, int k) {
        int[] places = new int[rows * k];
        float[] values = new float[rows * k];
        twins.gpu().topK(twins.tensor(twins.gpu(), logits, rows, columns), k, places, values);
        for (int row = 0; row < rows; row++) {
            int base = row * columns;
            int[] expected = sorted(logits, row, columns, k);
            for (int i = 0; i < k; i++) {
                String place = "row " + row + ", place " + i;
                assertEquals(expected[i], places[row * k + i], place);
                assertEquals(
                        Float.floatToRawIntBits(logits[base + expected[i]]),
                        Float.floatToRawIntBits(values[row * k + i]),
                        place);
            }
        }
        return places;
    }

    /** The columns of the {@code k} largest logits of a row, as sorting finds them. */
    static int[] sorted(float[] logits, int row, int columns, int k) {
        int base = row * columns;
        return IntStream.range(0, columns)
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(c -> order(logits[base + c]))
                        .reversed()
                        .thenComparing(c -> c))
                .limit(k)
                .mapToInt(c -> c)
                .toArray();
    }

    /** Sign and magnitude as a number that orders all bit patterns, NaN included. */
    static long order(float value) {
        int bits = Float.floatToRawIntBits(value);
        return bits >= 0 ? bits : -1L - (bits & 0x7FFF_FFFFL);
    }
}

package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vector passes against the scalar ones, bit for bit. */
class RowScanTest {
    private final RowScan scalar = new ScalarRowScan();
    private final RowScan vector = VectorRowScan.open();

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 15, 16, 17, 31, 33, 63, 64, 65, 127, 207, 4099, 49_152})
    void allWidthsGiveTheSameBits(int length) {
        var random = new Random(length);
        for (double spread : new double[] {1e-30, 0.5, 4, 300}) {
            float[] row = LawTest.gaussian(random, length, spread);
            if (length > 8) {
                row[random.nextInt(length)] = Float.NEGATIVE_INFINITY;
                row[random.nextInt(length)] = -Float.MAX_VALUE;
            }
            for (double scale : new double[] {1e-6, 0.7, 1, 1e6, Double.MAX_VALUE}) {
                compare(row, length, scale);
            }
        }
    }

    private void compare(float[] row, int length, double scale) {
        var scalarMaxima = new float[RowScan.blocks(length)];
        var vectorMaxima = new float[RowScan.blocks(length)];
        float max = scalar.maxima(row, length, scalarMaxima);
        assertEquals(max, vector.maxima(row, length, vectorMaxima));
        assertArrayEquals(scalarMaxima, vectorMaxima);
        assertEquals(
                Double.doubleToRawLongBits(scalar.mass(row, length, max, scale)),
                Double.doubleToRawLongBits(vector.mass(row, length, max, scale)));
        assertEquals(
                Double.doubleToRawLongBits(scalar.moment(row, length, max, scale)),
                Double.doubleToRawLongBits(vector.moment(row, length, max, scale)));
        assertEquals(scalar.deviation(row, length), vector.deviation(row, length));
        for (int from = 0; from + RowScan.BLOCK <= length; from += 61) {
            assertEquals(scalar.atLeast(row, from, row[from]), vector.atLeast(row, from, row[from]));
        }
    }

    @Test
    void aBitStandsForALogit() {
        var row = new float[70];
        row[5] = 1;
        row[66] = 2;
        for (RowScan scan : new RowScan[] {scalar, vector}) {
            assertEquals(0, scan.atLeast(row, 0, 1.5f));
            assertEquals(1L << 5, scan.atLeast(row, 0, 1));
            assertEquals(1L << 62 | 1L << 1, scan.atLeast(row, 4, 1));
        }
    }

    @Test
    void bothFindWhatIsNotANumber() {
        for (int at : new int[] {0, 63, 64, 150, 199}) {
            var row = new float[200];
            row[at] = Float.NaN;
            assertTrue(Float.isNaN(scalar.maxima(row, 200, new float[4])));
            assertTrue(Float.isNaN(vector.maxima(row, 200, new float[4])));
        }
    }

    @Test
    void massIsTheSumOfWeights() {
        float[] row = {0, -1, 2, Float.NEGATIVE_INFINITY};
        double expected = Math.exp(-1) + Math.exp(-1.5) + 1;
        assertEquals(expected, scalar.mass(row, 4, 2, 0.5), 1e-15);
        assertEquals(-1 * Math.exp(-1) - 1.5 * Math.exp(-1.5), scalar.moment(row, 4, 2, 0.5), 1e-15);
    }

    @Test
    void rowsHaveADeviation() {
        float[] row = {1, 3, Float.NEGATIVE_INFINITY, 5};
        assertEquals(Math.sqrt(8.0 / 3), scalar.deviation(row, 4), 1e-12);
        assertEquals(3, RowScan.finite(row, 4));
    }
}

package dev.gatun.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class WarmingRowScanTest {

    /** Whether or not the change to vectors falls into these two seconds, nobody can tell from the numbers. */
    @Test
    void theChangeToVectorsIsNotSeen() {
        float[] row = LawTest.gaussian(new Random(1), 5000, 3);
        var scalar = new ScalarRowScan();
        var warming = new WarmingRowScan(VectorRowScan.open());
        var maxima = new float[RowScan.blocks(row.length)];
        float max = scalar.maxima(row, row.length, maxima);
        double mass = scalar.mass(row, row.length, max, 0.7);
        double moment = scalar.moment(row, row.length, max, 0.7);
        double deviation = scalar.deviation(row, row.length);
        long start = System.nanoTime();
        while (System.nanoTime() - start < 2_000_000_000L) {
            assertEquals(max, warming.maxima(row, row.length, maxima));
            assertEquals(mass, warming.mass(row, row.length, max, 0.7));
            assertEquals(moment, warming.moment(row, row.length, max, 0.7));
            assertEquals(deviation, warming.deviation(row, row.length));
        }
    }
}

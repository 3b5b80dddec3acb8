package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchTest {

    @Test
    void holdsTokensPositionsSequencesLogitRowsAndPagesInOneBlockInThatOrder() {
        try (Arena arena = Arena.ofConfined()) {
            Batch batch = new Batch(arena, 3, 2, 4);
            assertEquals(0, batch.addSequence(new int[] {9, 8, 7}, 2));
            assertEquals(1, batch.addSequence(new int[] {6, 5, 4, 3}, 4));
            batch.add(100, 64, 0, false);
            batch.add(101, 65, 0, true);
            batch.add(102, 0, 1, true);
            assertEquals(4 * (4 * 3 + 2 * 4), batch.block().byteSize());
            int[] expected = {100, 101, 102, 64, 65, 0, 0, 0, 1, 1, 2, 0, 9, 8, 0, 0, 6, 5, 4, 3};
            for (int i = 0; i < expected.length; i++) {
                int index = i;
                assertEquals(expected[i], batch.block().getAtIndex(ValueLayout.JAVA_INT, i), () -> "int " + index);
            }
            assertEquals(3, batch.rows());
            assertEquals(2, batch.sequences());
            assertEquals(2, batch.logitRows());
            assertEquals(1, batch.logitRow(0));
            assertEquals(2, batch.logitRow(1));
            assertEquals(101, batch.token(1));
            assertEquals(65, batch.position(1));
            assertEquals(1, batch.sequence(2));
            assertEquals(8, batch.page(0, 1));
            assertEquals(3, batch.page(1, 3));
        }
    }

    @Test
    void refusesRowsAndSequencesBeyondItsCapacity() {
        try (Arena arena = Arena.ofConfined()) {
            Batch batch = new Batch(arena, 1, 1, 2);
            assertThrows(IllegalStateException.class, () -> batch.addSequence(new int[3], 3));
            batch.addSequence(new int[] {0}, 1);
            assertThrows(IllegalStateException.class, () -> batch.addSequence(new int[] {0}, 1));
            batch.add(1, 0, 0, true);
            assertThrows(IllegalStateException.class, () -> batch.add(2, 1, 0, true));
            assertEquals(1, batch.rows());
            assertEquals(1, batch.logitRows());
        }
    }

    @Test
    void refusesNegativePositionsAndSequencesThatWereNotAdded() {
        try (Arena arena = Arena.ofConfined()) {
            Batch batch = new Batch(arena, 4, 2, 1);
            assertThrows(IllegalArgumentException.class, () -> batch.add(0, 0, 0, false));
            batch.addSequence(new int[] {0}, 1);
            assertThrows(IllegalArgumentException.class, () -> batch.add(0, -1, 0, false));
            assertThrows(IllegalArgumentException.class, () -> batch.add(0, 0, -1, false));
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> batch.add(0, 3, 1, false));
            assertEquals("position=3, sequence=1, sequences=1", refused.getMessage());
            assertEquals(0, batch.rows());
        }
    }

    @Test
    void clearForgetsRowsAndSequences() {
        try (Arena arena = Arena.ofConfined()) {
            Batch batch = new Batch(arena, 1, 1, 1);
            for (int i = 0; i < 3; i++) {
                assertEquals(0, batch.clear().addSequence(new int[] {i}, 1));
                batch.add(i, i, 0, i == 1);
                assertEquals(1, batch.rows());
                assertEquals(i == 1 ? 1 : 0, batch.logitRows());
                assertEquals(i, batch.page(0, 0));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 0, 1", "1, 1, 0", "-1, 1, 1"})
    void refusesEmptyCapacities(int rows, int sequences, int pages) {
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(IllegalArgumentException.class, () -> new Batch(arena, rows, sequences, pages));
        }
    }
}

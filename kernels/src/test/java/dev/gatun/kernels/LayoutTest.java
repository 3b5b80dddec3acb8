package dev.gatun.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sizes and places: {@link DType}, {@link Tensor}, {@link KvLayer}. */
class LayoutTest {

    @ParameterizedTest
    @CsvSource({
        "F32, 1, 4",
        "F16, 1, 2",
        "BF16, 1, 2",
        "Q4_0, 32, 18",
        "Q4_1, 32, 20",
        "Q5_0, 32, 22",
        "Q5_1, 32, 24",
        "Q8_0, 32, 34"
    })
    void groupsAreAsLargeAsGgmls(DType type, int groupSize, int groupByteSize) {
        assertEquals(groupSize, type.groupSize());
        assertEquals(groupByteSize, type.groupByteSize());
        assertEquals(groupSize > 1, type.isQuantised());
        assertEquals(0, type.byteSize(0));
        assertEquals(3L * groupByteSize, type.byteSize(3L * groupSize));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void refusesPartsOfAGroupNegativeCountsAndSizesBeyondALong(DType type) {
        assertThrows(IllegalArgumentException.class, () -> type.byteSize(-type.groupSize()));
        long most = Long.MAX_VALUE / type.groupSize() * type.groupSize();
        if (type.groupByteSize() > type.groupSize()) {
            assertThrows(ArithmeticException.class, () -> type.byteSize(most));
        }
        if (type.isQuantised()) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> type.byteSize(33));
            assertEquals(
                    "not a whole number of groups: type=" + type + ", elements=33, group=32", refused.getMessage());
        }
    }

    @Test
    void aTensorKnowsItsBytesAndItsFirstRows() {
        MemorySegment storage = MemorySegment.ofArray(new byte[1000]);
        Tensor tensor = new Tensor(DType.Q5_1, 5, 64, storage, 7);
        assertEquals(48, tensor.rowByteSize());
        assertEquals(240, tensor.byteSize());
        Tensor first = tensor.firstRows(2);
        assertEquals(new Tensor(DType.Q5_1, 2, 64, storage, 7), first);
        assertEquals(0, tensor.firstRows(0).byteSize());
        assertEquals(tensor, tensor.firstRows(5));
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> tensor.firstRows(6));
        assertEquals("count=6, rows=5", refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> tensor.firstRows(-1));
    }

    @Test
    void aTensorRefusesNegativeNumbersAndItsSizeDoesNotWrap() {
        MemorySegment none = MemorySegment.NULL;
        assertThrows(IllegalArgumentException.class, () -> new Tensor(DType.F32, -1, 1, none, 0));
        assertThrows(IllegalArgumentException.class, () -> new Tensor(DType.F32, 1, -1, none, 0));
        assertThrows(IllegalArgumentException.class, () -> new Tensor(DType.F32, 1, 1, none, -1));
        Tensor huge = new Tensor(DType.F32, Integer.MAX_VALUE, Integer.MAX_VALUE, none, 0);
        assertThrows(ArithmeticException.class, huge::byteSize);
    }

    @Test
    void rowsOfACacheTileItsStorageWithoutGapOrOverlap() {
        int pages = 3;
        int kvHeads = 5;
        for (DType type : new DType[] {DType.F16, DType.F32, DType.Q8_0}) {
            for (int headDim : new int[] {6, 80}) {
                checkTiling(new KvLayer(type, pages, kvHeads, headDim, MemorySegment.NULL, MemorySegment.NULL));
            }
        }
    }

    private static void checkTiling(KvLayer layer) {
        int headDim = layer.headDim();
        int elementBytes = layer.type() == DType.Q8_0 ? 1 : layer.type().groupByteSize();
        long byteSize = KvLayer.byteSize(layer.type(), layer.pages(), layer.kvHeads(), headDim);
        BitSet taken = new BitSet();
        for (int page = 0; page < layer.pages(); page++) {
            for (int head = 0; head < layer.kvHeads(); head++) {
                for (int token = 0; token < KvLayer.PAGE_TOKENS; token++) {
                    take(taken, layer.byteOffset(page, head, token), headDim * elementBytes);
                    take(taken, layer.scaleOffset(page, head, token), layer.groups() * 2);
                }
            }
        }
        assertEquals(byteSize, taken.cardinality());
        assertEquals(byteSize, taken.length());
        // Tokens of one head in one page are neighbours.
        assertEquals(layer.byteOffset(2, 4, 7) + (long) headDim * elementBytes, layer.byteOffset(2, 4, 8));
    }

    private static void take(BitSet taken, long offset, int byteCount) {
        int from = Math.toIntExact(offset);
        int end = from + byteCount;
        assertTrue(taken.get(from, end).isEmpty(), () -> "bytes from " + from + " belong to two rows");
        taken.set(from, end);
    }

    @Test
    void aCacheBeyond2GigabytesKeepsItsPlaces() {
        KvLayer layer = new KvLayer(DType.F16, 100_000, 8, 128, MemorySegment.NULL, MemorySegment.NULL);
        assertEquals(((99_999L * 8 + 7) * 64 + 63) * 128 * 2, layer.byteOffset(99_999, 7, 63));
        assertEquals(100_000L * 8 * 64 * 128 * 2, KvLayer.byteSize(DType.F16, 100_000, 8, 128));
        assertThrows(ArithmeticException.class, () -> KvLayer.byteSize(DType.F16, Integer.MAX_VALUE, 1 << 20, 1 << 20));
    }

    @Test
    void aCacheIsOfFloatsOrBytesAndNotEmpty() {
        MemorySegment none = MemorySegment.NULL;
        for (DType type : DType.values()) {
            boolean holds = type == DType.F16 || type == DType.F32 || type == DType.Q8_0;
            assertEquals(holds, KvLayer.holds(type));
            if (!holds) {
                assertThrows(IllegalArgumentException.class, () -> new KvLayer(type, 1, 1, 32, none, none));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> new KvLayer(DType.F16, 0, 1, 1, none, none));
        assertThrows(IllegalArgumentException.class, () -> new KvLayer(DType.F16, 1, 0, 1, none, none));
        assertThrows(IllegalArgumentException.class, () -> new KvLayer(DType.F16, 1, 1, 0, none, none));
    }
}

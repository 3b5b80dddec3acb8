package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.check.Checker;
import dev.gatun.ptx.count.Counters;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Boxes of tensors, loaded and stored, against the definition of each element's place. */
class TensorCopyTest {
    private static final int TILE_BYTES = 32 * 1024;

    /** Loads the box at (x, y), copies the tile as it lies in shared memory to {@code image}, and stores it at (u, v). */
    private static final PtxEntry COPY = PtxModule.parse("""
            .version 8.4 .target sm_90 .address_size 64
            .visible .entry copy(.param .align 64 .b8 map[128], .param .u64 image, .param .u32 bytes,
                .param .s32 x, .param .s32 y, .param .s32 u, .param .s32 v) {
            .reg .pred %p, %q; .reg .b32 %t, %at, %x, %y, %u, %v, %w, %bytes; .reg .b64 %map, %image, %to, %token;
            .shared .align 1024 .b8 tile[32768]; .shared .align 8 .b64 bar;
            ld.param.u64 %image, [image]; ld.param.u32 %bytes, [bytes]; ld.param.u32 %x, [x]; ld.param.u32 %y, [y];
            ld.param.u32 %u, [u]; ld.param.u32 %v, [v]; mov.b64 %map, map; cvta.param.u64 %map, %map;
            mov.u32 %t, %tid.x; setp.eq.u32 %p, %t, 0;
            @%p mbarrier.init.shared.b64 [bar], 1;
            @%p fence.mbarrier_init.release.cluster;
            bar.sync 0;
            @%p mbarrier.arrive.expect_tx.shared.b64 %token, [bar], %bytes;
            @%p cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [tile], [%map, {%x, %y}], [bar];
            wait: mbarrier.try_wait.parity.shared.b64 %q, [bar], 0;
            @!%q bra wait;
            shl.b32 %at, %t, 2;
            next: setp.ge.u32 %q, %at, %bytes;
            @%q bra done;
            mov.u32 %w, tile; add.u32 %w, %w, %at; ld.shared.b32 %w, [%w];
            cvt.u64.u32 %to, %at; add.u64 %to, %image, %to; st.global.b32 [%to], %w;
            add.u32 %at, %at, 128;
            bra next;
            done: bar.sync 0;
            @!%p bra end;
            cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [%map, {%u, %v}], [tile];
            cp.async.bulk.commit_group;
            cp.async.bulk.wait_group 0;
            end: ret;
            }
            """).entry("copy");

    private static final class Result {
        private final byte[] tensor;
        private final byte[] image;
        private final Counters counters;

        Result(byte[] tensor, byte[] image, Counters counters) {
            this.tensor = tensor;
            this.image = image;
            this.counters = counters;
        }
    }

    /** Runs COPY over a tensor of random bytes. */
    private static Result run(TensorMap shape, byte[] contents, int x, int y, int u, int v, boolean late) {
        try (PtxMachine machine = new PtxMachine()) {
            long tensor = machine.allocate(MemorySegment.ofArray(contents));
            long image = machine.allocate(TILE_BYTES);
            TensorMap map = at(shape, tensor);
            Checker checker = Checker.all();
            Counters counters = new Counters();
            LaunchOptions options =
                    LaunchOptions.DEFAULT.withLateCopies(late).withWatcher(Watcher.of(checker, counters));
            MemorySegment parameters = Parameters.of(COPY, map, image, map.boxBytes(), x, y, u, v);
            machine.launch(COPY, Dim3.of(1), Dim3.of(32), 0, parameters, options);
            checker.assertClean();
            byte[] after = new byte[contents.length];
            byte[] tile = new byte[map.boxBytes()];
            machine.copyOut(MemorySegment.ofArray(after), tensor);
            machine.copyOut(MemorySegment.ofArray(tile), image);
            return new Result(after, tile, counters);
        }
    }

    private static TensorMap at(TensorMap shape, long address) {
        return TensorMap.of(shape.type(), address, shape.dimension(0), shape.dimension(1))
                .strides(shape.strideBytes(1))
                .box(shape.boxExtent(0), shape.boxExtent(1))
                .elementStrides(shape.elementStride(0), shape.elementStride(1))
                .swizzled(shape.swizzle())
                .filled(shape.fill());
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    /** Byte {@code b} of column c in row r of the box, by the tables of the ISA: chunk XOR row in the span's own pattern. */
    private static int place(Swizzle swizzle, int row, int rowBytes, int inRow) {
        int chunk = inRow / 16;
        int moved = switch (swizzle) {
            case NONE -> chunk;
            case BYTES_32 -> chunk ^ (row / 4 % 2);
            case BYTES_64 -> chunk ^ (row / 2 % 4);
            case BYTES_128 -> chunk ^ (row % 8);
        };
        return row * rowBytes + moved * 16 + inRow % 16;
    }

    @ParameterizedTest
    @EnumSource(Swizzle.class)
    void loadsEachChunkToItsPlaceAndStoresItBack(Swizzle swizzle) {
        int columns = swizzle == Swizzle.NONE ? 40 : swizzle.spanBytes() / 2;
        int rows = 33;
        int pitch = 208; // bytes; more than a row
        TensorMap shape = TensorMap.of(TensorType.BFLOAT16, 16, 65, 70)
                .strides(pitch)
                .box(columns, rows)
                .swizzled(swizzle);
        byte[] contents = random(70 * pitch);
        int rowBytes = 2 * columns;
        for (boolean late : new boolean[] {true, false}) {
            Result result = run(shape, contents, 0, 3, 1, 36, late);
            byte[] image = new byte[rows * rowBytes];
            byte[] after = contents.clone();
            for (int row = 0; row < rows; row++) {
                for (int b = 0; b < rowBytes; b++) {
                    byte value = b < 130 ? contents[(row + 3) * pitch + b] : 0;
                    image[place(swizzle, row, rowBytes, b)] = value;
                    if (b + 2 < 130) { // one column to the right
                        after[(row + 36) * pitch + b + 2] = value;
                    }
                }
            }
            assertArrayEquals(image, result.image);
            assertArrayEquals(after, result.tensor);
        }
    }

    @Test
    void readsZeroOutsideAndWritesNothingThere() {
        TensorMap shape = TensorMap.of(TensorType.UINT8, 16, 48, 7).box(32, 7);
        byte[] contents = random(48 * 7);
        Result result = run(shape, contents, -16, -2, 40, 5, true);
        byte[] image = new byte[32 * 7];
        byte[] after = contents.clone();
        for (int row = 0; row < 7; row++) {
            for (int column = 0; column < 32; column++) {
                boolean inside = row >= 2 && column >= 16;
                image[row * 32 + column] = inside ? contents[(row - 2) * 48 + column - 16] : 0;
                if (row < 2 && column < 8) {
                    after[(row + 5) * 48 + column + 40] = image[row * 32 + column];
                }
            }
        }
        assertArrayEquals(image, result.image);
        assertArrayEquals(after, result.tensor);
    }

    @Test
    void fillsWithNanWhereAsked() {
        TensorMap shape = TensorMap.of(TensorType.FLOAT32, 16, 8, 4).box(4, 4).filled(TensorMap.Fill.NAN);
        Result result = run(shape, random(128), 8, 0, 8, 0, true);
        float[] image = MemorySegment.ofArray(result.image).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        for (float value : image) {
            assertTrue(Float.isNaN(value));
        }
    }

    @Test
    void takesEveryThirdRow() {
        TensorMap shape = TensorMap.of(TensorType.UINT8, 16, 16, 20).box(16, 7).elementStrides(1, 3);
        assertEquals(3 * 16, shape.boxBytes());
        byte[] contents = random(16 * 20);
        Result result = run(shape, contents, 0, 2, 0, 2, true);
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 16; column++) {
                assertEquals(contents[(2 + 3 * row) * 16 + column], result.image[row * 16 + column]);
            }
        }
        assertArrayEquals(contents, result.tensor);
    }

    @Test
    void countsRowsAsSectorsAndTilesAsWavefronts() {
        TensorMap shape = TensorMap.of(TensorType.BFLOAT16, 16, 128, 64).box(64, 16);
        Counters counters = run(shape, random(128 * 64 * 2), 0, 0, 0, 16, true).counters;
        int loads = 13; // lines of the text
        int stores = 25;
        Counters.MemoryCount read =
                Objects.requireNonNull(counters.globalByLine().get(loads));
        Counters.MemoryCount written =
                Objects.requireNonNull(counters.globalByLine().get(stores));
        assertEquals(16, read.requests());
        assertEquals(16 * 4, read.sectors());
        assertEquals(16 * 128, written.bytes());
        assertEquals(
                16, Objects.requireNonNull(counters.sharedByLine().get(stores)).wavefronts());
        assertEquals(
                0, Objects.requireNonNull(counters.sharedByLine().get(loads)).bankConflicts());
        assertEquals(16 * 128, counters.globalBytesRead());
    }

    @ParameterizedTest
    @CsvSource({
        "8, 64, 8, 1, NONE, ZERO, an address that is a multiple of 16; it is 0x8",
        "16, 65, 8, 1, NONE, ZERO, a stride that is a multiple of 16 bytes below 2^40 in dimension 1; it is 65",
        "16, 64, 257, 1, NONE, ZERO, a box of 1 to 256 elements in dimension 0; it is 257",
        "16, 64, 8, 9, NONE, ZERO, an element stride of 1 to 8 in dimension 1; it is 9",
        "16, 64, 8, 1, NONE, ZERO, a box whose innermost extent is a multiple of 16 bytes; it is 8 elements of 1 bytes",
        "16, 64, 64, 1, BYTES_32, ZERO, a box of 32 bytes in the innermost dimension for BYTES_32",
        "16, 64, 16, 1, NONE, NAN, floating elements for a fill of NaN; it is UINT8",
    })
    void refusesWhatTheDriverRefuses(
            long address, long stride, int columns, int step, Swizzle swizzle, TensorMap.Fill fill, String reason) {
        TensorMap map = TensorMap.of(TensorType.UINT8, address, 64, 8)
                .strides(stride)
                .box(columns, 1)
                .elementStrides(1, step)
                .swizzled(swizzle)
                .filled(fill);
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, map::encoded);
        assertTrue(String.valueOf(refused.getMessage()).contains(reason), refused.getMessage());
    }

    @Test
    void faultsNameTheMapAndTheLine() {
        TensorMap good = TensorMap.of(TensorType.UINT8, 16, 64, 8).box(16, 2);
        byte[] contents = random(64 * 8);
        TensorMap large = TensorMap.of(TensorType.UINT8, 16, 64, 9).box(16, 9);
        PtxFault outside = assertThrows(PtxFault.class, () -> run(large, contents, 0, 0, 0, 0, true));
        assertEquals(PtxFault.Kind.ADDRESS, outside.kind());
        assertTrue(
                String.valueOf(outside.getMessage()).contains("moves 16 bytes of global memory"), outside.getMessage());
        try (PtxMachine machine = new PtxMachine()) {
            MemorySegment parameters = Parameters.of(COPY, good, 0L, 32, 0, 0, 0, 0);
            parameters.set(ValueLayout.JAVA_BYTE, 20, (byte) 99);
            PtxFault none =
                    assertThrows(PtxFault.class, () -> machine.launch(COPY, Dim3.of(1), Dim3.of(32), 0, parameters));
            assertEquals(PtxFault.Kind.UNDEFINED, none.kind());
            assertEquals(13, none.line());
            assertTrue(
                    String.valueOf(none.getMessage()).contains("as a tensor map, but none lies there"),
                    none.getMessage());
        }
    }

    @Test
    void keepsEveryFieldThroughItsEncoding() {
        for (TensorType type : TensorType.values()) {
            TensorMap map = TensorMap.of(type, 1L << 40, 1L << 32, 3, 5, 7, 1)
                    .strides(1L << 36, 16, 48, 1L << 39)
                    .box(256, 1, 2, 256, 3)
                    .elementStrides(1, 2, 8, 1, 4)
                    .filled(type.isFloating() ? TensorMap.Fill.NAN : TensorMap.Fill.ZERO);
            TensorMap back = TensorMapCode.decode(map.encoded().toArray(ValueLayout.JAVA_BYTE));
            assertEquals(List.of(fields(map)), List.of(fields(Objects.requireNonNull(back))));
        }
    }

    private static String fields(TensorMap map) {
        StringBuilder text = new StringBuilder();
        text.append(map).append(map.swizzle()).append(map.fill());
        for (int d = 0; d < map.rank(); d++) {
            text.append(' ').append(map.strideBytes(d)).append('/').append(map.elementStride(d));
        }
        return text.toString();
    }
}

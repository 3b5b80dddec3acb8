package dev.gatun.ptx.exec;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A box of a tensor in global memory as an end of a tensor copy: rows of the innermost dimension, one after the other.
 *
 * <p>What lies outside the tensor is read as the map's fill and not written.
 */
final class TensorBox implements BulkData {
    /** A row of the box, or the part of it that lies in the tensor, and where it belongs among the bytes of the box. */
    private record Row(long address, int byteCount, int offset) {}

    private final Warp warp;
    private final int lane;
    private final Step step;
    private final TensorMap map;
    private final int[] coordinates;

    TensorBox(Warp warp, int lane, Step step, TensorMap map, int[] coordinates) {
        this.warp = warp;
        this.lane = lane;
        this.step = step;
        this.map = map;
        this.coordinates = coordinates;
    }

    TensorMap map() {
        return map;
    }

    private void rows(BiConsumer<GlobalPiece, Integer> use) {
        int rank = map.rank();
        int[] counts = map.boxCounts();
        int[] index = new int[rank];
        int rowBytes = map.rowBytes();
        int total = map.boxBytes() / rowBytes;
        for (int r = 0; r < total; r++) {
            Row row = row(index, r * rowBytes);
            if (row != null) {
                use.accept(new GlobalPiece(warp, lane, step, row.address(), row.byteCount()), row.offset());
            }
            for (int d = 1; d < rank && ++index[d] == counts[d]; d++) {
                index[d] = 0;
            }
        }
    }

    private @Nullable Row row(int[] index, int offset) {
        long address = map.address();
        for (int d = 1; d < map.rank(); d++) {
            long at = coordinates[d] + (long) index[d] * map.elementStride(d);
            if (at < 0 || at >= map.dimension(d)) {
                return null;
            }
            address += at * map.strideBytes(d);
        }
        int elementBytes = map.type().byteSize();
        long first = Math.max(coordinates[0], 0);
        long end = Math.min((long) coordinates[0] + map.rowBytes() / elementBytes, map.dimension(0));
        if (first >= end) {
            return null;
        }
        int skipped = (int) (first - coordinates[0]) * elementBytes;
        return new Row(address + first * elementBytes, (int) (end - first) * elementBytes, offset + skipped);
    }

    /** Looks whether all that lies in the tensor lies in memory, and tells the watcher of it. */
    void announce(Watcher.Access access) {
        rows((piece, offset) -> BulkCopy.announce(piece, access));
    }

    @Override
    public byte[] read() {
        byte[] data = new byte[map.boxBytes()];
        map.fill(data);
        rows((piece, offset) -> piece.read(data, offset));
        return data;
    }

    @Override
    public void write(byte[] data, @Nullable Reduction reduction) {
        rows((piece, offset) -> piece.write(data, offset, reduction));
    }

    @Override
    public String toString() {
        return "the box at " + Arrays.toString(coordinates) + " of " + map;
    }
}

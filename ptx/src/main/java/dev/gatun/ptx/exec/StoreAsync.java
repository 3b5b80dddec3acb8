package dev.gatun.ptx.exec;

import org.jspecify.annotations.Nullable;

/** {@code st.async}: a store into a block of the cluster that a memory barrier there hears of. */
final class StoreAsync extends BulkStep {
    /** The bytes of registers, as they were when the store was issued. */
    private static final class Value implements BulkData {
        private final byte[] bytes;

        Value(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public byte[] read() {
            return bytes;
        }

        @Override
        public void write(byte[] data, @Nullable Reduction reduction) {
            throw new AssertionError("registers are not written");
        }
    }

    private final Address to;
    private final Cell[] cells;
    private final Address completion;

    StoreAsync(Address to, Cell[] cells, Address completion) {
        super(completion);
        this.to = to;
        this.cells = cells;
        this.completion = completion;
    }

    @Override
    void issue(Warp warp, int lane) {
        int elementBytes = cells[0].byteSize();
        byte[] bytes = new byte[cells.length * elementBytes];
        for (int e = 0; e < cells.length; e++) {
            int slot = cells[e].slot();
            int offset = e * elementBytes;
            switch (cells[e].bank()) {
                case INT -> Bytes.writeInt(bytes, offset, warp.i[slot][lane]);
                case FLOAT -> Bytes.writeInt(bytes, offset, Float.floatToRawIntBits(warp.f[slot][lane]));
                case LONG -> Bytes.writeLong(bytes, offset, warp.l[slot][lane]);
                case DOUBLE -> Bytes.writeLong(bytes, offset, Double.doubleToRawLongBits(warp.d[slot][lane]));
                default -> throw new AssertionError(cells[e]);
            }
        }
        SharedPiece sink = shared(warp, lane, to, bytes.length, bytes.length, Swizzle.NONE);
        int at = barrierAt(warp, lane, completion, sink.owner());
        launch(warp, lane, new Value(bytes), sink, bytes.length, null, sink.owner(), at);
    }
}

package dev.gatun.ptx.exec;

/** {@code cp.async.bulk.prefetch.tensor} and {@code prefetch.tensormap}: no effect, but the map must be one. */
final class TensorPrefetch extends BulkStep {
    private final Address map;
    private final int[] coordinates; // int slots; empty where only the map is fetched

    TensorPrefetch(Address map, int[] coordinates) {
        super(null);
        this.map = map;
        this.coordinates = coordinates;
    }

    @Override
    void issue(Warp warp, int lane) {
        TensorMap tensor = TensorCopyStep.tensor(warp, lane, this, map);
        if (coordinates.length > 0) {
            TensorCopyStep.box(warp, lane, this, tensor, coordinates);
        }
    }
}

package dev.gatun.sampler;

/** Chooses how rows are scanned. Names no class of the vector module itself, so that it loads where that is missing. */
final class RowScans {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String BITS_PROPERTY = "gatun.vector.bits";
    private static final String SCALAR = "scalar";

    private RowScans() {}

    static RowScan best() {
        String bits = System.getProperty(BITS_PROPERTY);
        boolean hasModule = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
        return hasModule && !SCALAR.equals(bits) ? VectorTier.open(bits != null) : new ScalarRowScan();
    }

    /** Loaded only where the module is present. */
    private static final class VectorTier {
        /** A named width is used from the first row on. */
        static RowScan open(boolean named) {
            RowScan vector = VectorRowScan.open();
            return named ? vector : new WarmingRowScan(vector);
        }
    }
}

package dev.gatun.sampler;

/** Chooses how rows are scanned. Names no class of the vector module itself, so that it loads where that is missing. */
final class RowScans {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String BITS_PROPERTY = "gatun.vector.bits";
    private static final String SCALAR = "scalar";

    private RowScans() {}

    static RowScan best() {
        boolean hasModule = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
        boolean wantsScalar = SCALAR.equals(System.getProperty(BITS_PROPERTY));
        return hasModule && !wantsScalar ? VectorTier.open() : new ScalarRowScan();
    }

    /** Loaded only where the module is present. */
    private static final class VectorTier {
        static RowScan open() {
            return VectorRowScan.open();
        }
    }
}

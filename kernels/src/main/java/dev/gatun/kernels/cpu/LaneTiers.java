package dev.gatun.kernels.cpu;

/** Chooses the tier of inner loops. Names no class of the vector module itself, so that it loads where that is missing. */
final class LaneTiers {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String SCALAR = "scalar";

    private LaneTiers() {}

    static Lanes best() {
        boolean hasModule = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
        boolean wantsScalar = SCALAR.equals(System.getProperty("gatun.vector.bits"));
        return hasModule && !wantsScalar ? VectorTier.open() : new ScalarLanes();
    }

    /** Loaded only where the module is present. */
    private static final class VectorTier {
        static Lanes open() {
            return new VectorLanes();
        }
    }
}

package dev.gatun.kernels.cpu;

import java.util.Set;

/** Chooses the tier of inner loops. Names no class of the vector module itself, so that it loads where that is missing. */
final class LaneTiers {
    /** Forces a vector width, or the scalar tier: for tests. */
    static final String BITS_PROPERTY = "gatun.vector.bits";

    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String SCALAR = "scalar";
    private static final Set<String> WIDTHS = Set.of("128", "256", "512");

    private LaneTiers() {}

    /** The best tier there is, or the one that {@value #BITS_PROPERTY} asks for. */
    static Lanes best() {
        String asked = System.getProperty(BITS_PROPERTY);
        if (asked != null && !asked.equals(SCALAR) && !WIDTHS.contains(asked)) {
            throw new IllegalArgumentException(
                    BITS_PROPERTY + " is '" + asked + "'; expected 128, 256, 512 or " + SCALAR + ".");
        }
        boolean hasModule = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
        return hasModule && !SCALAR.equals(asked) ? VectorTier.open() : new ScalarLanes();
    }

    /** Loaded only where the module is present. */
    private static final class VectorTier {
        static Lanes open() {
            return new VectorLanes();
        }
    }
}

package dev.gatun.kernels.cpu;

import dev.gatun.kernels.CpuTier;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses the tier of inner loops. Names no class of the vector module itself, so that it loads where that is missing. */
final class LaneTiers {
    /** Forces a vector width, or the scalar tier: for tests. */
    static final String BITS_PROPERTY = "gatun.vector.bits";

    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String SCALAR = "scalar";
    private static final Set<String> WIDTHS = Set.of("128", "256", "512");

    private LaneTiers() {}

    /** Names a {@link CpuTier} in any case, for {@link CpuTier#AUTO}. */
    static final String TIER_PROPERTY = "gatun.cpu.tier";

    /** The tier asked for by name, by {@value #TIER_PROPERTY} or by {@value #BITS_PROPERTY}; else AUTO. */
    static CpuTier wanted(CpuTier tier) {
        String bits = System.getProperty(BITS_PROPERTY);
        if (bits != null && !bits.equals(SCALAR) && !WIDTHS.contains(bits)) {
            throw new IllegalArgumentException(
                    BITS_PROPERTY + " is '" + bits + "'; expected 128, 256, 512 or " + SCALAR + ".");
        }
        if (tier != CpuTier.AUTO) {
            return tier;
        }
        String named = System.getProperty(TIER_PROPERTY);
        if (named != null) {
            for (CpuTier each : CpuTier.values()) {
                if (each.name().equalsIgnoreCase(named)) {
                    return each;
                }
            }
            throw new IllegalArgumentException(
                    TIER_PROPERTY + " is '" + named + "'; expected auto, asm, vector or scalar.");
        }
        return bits == null ? CpuTier.AUTO : bits.equals(SCALAR) ? CpuTier.SCALAR : CpuTier.VECTOR;
    }

    /**
     * The loops in Java: all of them, or those that have no machine code.
     *
     * @throws UnsupportedOperationException if the vector tier is named and the module is missing
     */
    static Lanes open(CpuTier wanted) {
        boolean hasModule = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
        if (wanted == CpuTier.VECTOR && !hasModule) {
            throw new UnsupportedOperationException("The vector tier needs the module " + VECTOR_MODULE
                    + "; start Java with --add-modules " + VECTOR_MODULE + ".");
        }
        boolean scalar = wanted == CpuTier.SCALAR || SCALAR.equals(System.getProperty(BITS_PROPERTY));
        return hasModule && !scalar ? VectorTier.open() : new ScalarLanes();
    }

    /**
     * The machine code, or null where it is not wanted or does not run.
     *
     * @throws UnsupportedOperationException if it is named and does not run
     */
    static @Nullable AsmKernels machineCode(CpuTier wanted) {
        if (wanted != CpuTier.AUTO && wanted != CpuTier.ASM) {
            return null;
        }
        AsmKernels kernels = AsmKernels.get();
        if (kernels == null && wanted == CpuTier.ASM) {
            throw new UnsupportedOperationException("The asm tier does not run here: " + AsmKernels.refusal() + ".");
        }
        return kernels;
    }

    /** The tier that runs. */
    static CpuTier running(Lanes lanes, boolean machineCode) {
        return machineCode ? CpuTier.ASM : lanes instanceof ScalarLanes ? CpuTier.SCALAR : CpuTier.VECTOR;
    }

    /** The tier that runs, by its name, who does what it has no code for, and why no faster one runs where that is a question. */
    static String description(CpuTier wanted, Lanes lanes, @Nullable AsmKernels kernels, boolean int8) {
        CpuTier running = running(lanes, kernels != null);
        String name = running.name().toLowerCase(Locale.ROOT) + " tier: ";
        if (kernels != null) {
            String rest =
                    (int8 ? "" : "; quantised weights, which it takes with int8 activations: " + lanes.description())
                            + (kernels.rows() == null ? "; attention and row operations: " + lanes.description() : "");
            return name + "machine code, " + kernels.rung().description() + rest;
        }
        String reason = wanted == CpuTier.AUTO ? "; no machine code: " + AsmKernels.refusal() : "";
        return name + lanes.description() + reason;
    }

    /** Loaded only where the module is present. */
    private static final class VectorTier {
        static Lanes open() {
            return new VectorLanes();
        }
    }
}

package dev.gatun.kernels.cpu;

import dev.gatun.kernels.cpu.asm.CpuFeatures;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The instructions that machine code is written for, the fastest first. */
enum AsmRung {
    AVX512("AVX-512 VNNI", ""),
    /** Products alone; what is around them the Java tiers do. */
    AVX2("AVX2", "_avx2");

    /** Names a rung in any case, for tests and comparisons: the fastest that runs is taken otherwise. */
    static final String PROPERTY = "gatun.asm.rung";

    private final String description;
    private final String suffix;

    AsmRung(String description, String suffix) {
        this.description = description;
        this.suffix = suffix;
    }

    /** As the banner spells it. */
    String description() {
        return description;
    }

    /** What the names of its texts end with. */
    String suffix() {
        return suffix;
    }

    boolean runsWith(CpuFeatures features) {
        return this == AVX512 ? features.vnni() : features.avx2();
    }

    /** The rung that {@value #PROPERTY} names; null without it. */
    static @Nullable AsmRung named() {
        String name = System.getProperty(PROPERTY);
        if (name == null) {
            return null;
        }
        for (AsmRung rung : values()) {
            if (rung.name().equals(name.toUpperCase(Locale.ROOT))) {
                return rung;
            }
        }
        throw new IllegalArgumentException(PROPERTY + " is '" + name + "'; expected avx512 or avx2.");
    }
}

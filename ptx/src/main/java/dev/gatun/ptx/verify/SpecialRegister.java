package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The read-only registers that tell a thread where it is. */
public enum SpecialRegister {
    TID(PtxType.U32, true),
    NTID(PtxType.U32, true),
    CTAID(PtxType.U32, true),
    NCTAID(PtxType.U32, true),
    CLUSTERID(PtxType.U32, true),
    NCLUSTERID(PtxType.U32, true),
    CLUSTER_CTAID(PtxType.U32, true),
    CLUSTER_NCTAID(PtxType.U32, true),
    CLUSTER_CTARANK(PtxType.U32, false),
    CLUSTER_NCTARANK(PtxType.U32, false),
    LANEID(PtxType.U32, false),
    WARPID(PtxType.U32, false),
    NWARPID(PtxType.U32, false),
    SMID(PtxType.U32, false),
    NSMID(PtxType.U32, false),
    GRIDID(PtxType.U64, false),
    LANEMASK_EQ(PtxType.U32, false),
    LANEMASK_LE(PtxType.U32, false),
    LANEMASK_LT(PtxType.U32, false),
    LANEMASK_GE(PtxType.U32, false),
    LANEMASK_GT(PtxType.U32, false),
    CLOCK(PtxType.U32, false),
    CLOCK_HI(PtxType.U32, false),
    CLOCK64(PtxType.U64, false),
    GLOBALTIMER(PtxType.U64, false),
    GLOBALTIMER_LO(PtxType.U32, false),
    GLOBALTIMER_HI(PtxType.U32, false),
    DYNAMIC_SMEM_SIZE(PtxType.U32, false),
    TOTAL_SMEM_SIZE(PtxType.U32, false);

    private static final Map<String, SpecialRegister> BY_NAME = new HashMap<>();

    static {
        for (SpecialRegister register : values()) {
            BY_NAME.put("%" + register.name().toLowerCase(Locale.ROOT), register);
        }
    }

    private final PtxType type;
    private final boolean hasElements;

    SpecialRegister(PtxType type, boolean hasElements) {
        this.type = type;
        this.hasElements = hasElements;
    }

    public static @Nullable SpecialRegister of(String name) {
        return BY_NAME.get(name);
    }

    public PtxType type() {
        return type;
    }

    /** Whether it is read by component, {@code .x}, {@code .y} or {@code .z}. */
    public boolean hasElements() {
        return hasElements;
    }

    /** Whether it tells of clusters of blocks. */
    boolean isOfCluster() {
        return name().contains("CLUSTER");
    }

    @Override
    public String toString() {
        return "%" + name().toLowerCase(Locale.ROOT);
    }

    /** Whether two readings may differ. */
    public boolean isClock() {
        return this == CLOCK
                || this == CLOCK_HI
                || this == CLOCK64
                || this == GLOBALTIMER
                || this == GLOBALTIMER_LO
                || this == GLOBALTIMER_HI;
    }
}

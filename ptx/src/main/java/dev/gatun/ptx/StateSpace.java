package dev.gatun.ptx;

import java.util.Locale;

/** Where a variable lives or an address points. */
public enum StateSpace {
    REG,
    GENERIC,
    GLOBAL,
    SHARED,
    LOCAL,
    CONST,
    PARAM;

    /** The name as PTX writes it after the dot. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

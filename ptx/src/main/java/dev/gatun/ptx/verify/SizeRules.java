package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Variable;

/** How large a variable may be in each space; a sum over variables is checked where the space is laid out. */
final class SizeRules {
    private static final long KIB = 1024;

    private SizeRules() {}

    static void check(Variable variable) {
        if (variable.space() == StateSpace.REG) {
            return;
        }
        long limit = switch (variable.space()) {
            case SHARED -> 227 * KIB;
            case LOCAL -> 512 * KIB;
            case CONST -> 64 * KIB;
            case PARAM -> 32764;
            default -> 1L << 30;
        };
        long size = variable.elementByteSize();
        for (int extent : variable.dimensions()) {
            size = extent <= 0 ? size : Math.min(size * Math.min(extent, 1L << 31), 1L << 31);
        }
        if (size > limit) {
            throw new PtxVerifyException(
                    variable.position(),
                    "'" + variable.name() + "' is larger than the " + limit + " bytes that ."
                            + variable.space().word() + " memory allows");
        }
    }
}

package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Linkage;
import dev.gatun.ptx.syntax.Variable;

/** What a variable may be in each space; a sum of sizes is checked where the space is laid out. */
final class VariableRules {
    private static final long KIB = 1024;

    private VariableRules() {}

    static void check(Variable variable) {
        if (variable.space() == StateSpace.REG) {
            return;
        }
        if (variable.type() == PtxType.PRED) {
            throw error(variable, "is a predicate, which lives in .reg only");
        }
        if (variable.isOpen() && variable.linkage() != Linkage.EXTERN) {
            throw error(variable, "has no size; only .extern arrays may leave it out");
        }
        InitializerRules.check(variable);
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
            throw error(
                    variable,
                    "is larger than the " + limit + " bytes that ."
                            + variable.space().word() + " memory allows");
        }
    }

    private static PtxVerifyException error(Variable variable, String message) {
        return new PtxVerifyException(variable.position(), "'" + variable.name() + "' " + message);
    }
}

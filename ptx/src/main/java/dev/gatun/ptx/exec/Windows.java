package dev.gatun.ptx.exec;

import dev.gatun.ptx.StateSpace;

/** Where the spaces of a block and a thread appear among generic addresses; all else is global memory. */
final class Windows {
    static final long SHARED = 0x7E00_0000_0000L;
    static final long LOCAL = 0x7D00_0000_0000L;
    static final long CONST = 0x7C00_0000_0000L;
    static final long PARAM = 0x7B00_0000_0000L;
    private static final long SIZE = 0x1_0000_0000L;

    private Windows() {}

    static StateSpace space(long generic) {
        if (inside(generic, SHARED)) {
            return StateSpace.SHARED;
        }
        if (inside(generic, LOCAL)) {
            return StateSpace.LOCAL;
        }
        if (inside(generic, CONST)) {
            return StateSpace.CONST;
        }
        return inside(generic, PARAM) ? StateSpace.PARAM : StateSpace.GLOBAL;
    }

    private static boolean inside(long generic, long window) {
        return generic >= window && generic - window < SIZE;
    }

    static long base(StateSpace space) {
        return switch (space) {
            case SHARED -> SHARED;
            case LOCAL -> LOCAL;
            case CONST -> CONST;
            case PARAM -> PARAM;
            default -> 0;
        };
    }
}

package dev.gatun.ptx.exec;

/** {@code vote.sync}. */
final class Vote extends WarpStep {
    enum Mode {
        ALL,
        ANY,
        UNI,
        BALLOT
    }

    private final Mode mode;
    private final int destination; // int slot for ballot, otherwise predicate slot
    private final int source;

    Vote(Mode mode, int destination, int source, int members) {
        super(members);
        this.mode = mode;
        this.destination = destination;
        this.source = source;
    }

    @Override
    void execute(Warp warp, int mask) {
        int yes = warp.p[source] & mask;
        if (mode == Mode.BALLOT) {
            java.util.Arrays.fill(warp.scratchInt, yes);
            warp.blend(warp.i[destination], mask);
            return;
        }
        boolean result = switch (mode) {
            case ALL -> yes == mask;
            case ANY -> yes != 0;
            default -> yes == mask || yes == 0;
        };
        warp.p[destination] = (warp.p[destination] & ~mask) | (result ? mask : 0);
    }
}

package dev.gatun.sampler.constraint;

import org.jspecify.annotations.Nullable;

/**
 * All places in a network where a text read so far may be, and what is known about going on from there. Two texts after
 * which the same may follow share one, as a rule.
 */
final class State {
    private static final long[] NOWHERE = {};

    /** No place at all: what was read is not the beginning of any text. */
    static final State DEAD = new State(new StateTable(), NOWHERE, 0);

    /** Stands for several that are not told apart. */
    static final State VARIOUS = new State(new StateTable(), NOWHERE, 0);

    final StateTable table;
    final long[] items; // ascending and unique, state << 32 | id of a frame in the table
    final @Nullable State[] next; // [class of bytes], where known
    int @Nullable [] edgeBytes; // low << 8 | high, where known
    long[] edgeItems = NOWHERE; // [edge]: the item behind it
    long @Nullable [] mask; // of tokens, where known

    @Nullable
    State plain; // behind a plain character, whichever it is, where known

    State(StateTable table, long[] items, int classes) {
        this.table = table;
        this.items = items;
        this.next = new State[classes];
    }

    boolean isAccepting() {
        return items.length > 0 && items[0] == Frame.pair(Network.ACCEPT, Frame.BOTTOM);
    }
}

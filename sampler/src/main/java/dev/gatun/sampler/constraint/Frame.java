package dev.gatun.sampler.constraint;

/**
 * Where to go on when a rule is done: any of some places, each a state and the frame below it. Rules called at one point of
 * the text share a frame, so that an ambiguous grammar costs a square, not a power (a graph-structured stack; Tomita,
 * "Efficient parsing for natural language", 1986).
 */
final class Frame {
    static final int BOTTOM = 0; // the id of the frame below which the text ends

    final int id;
    final long[] pairs; // ascending and unique, state << 32 | id of the frame below
    final int depth; // frames below this one

    Frame(int id, long[] pairs, int depth) {
        this.id = id;
        this.pairs = pairs;
        this.depth = depth;
    }

    static long pair(int state, int frame) {
        return (long) state << 32 | frame;
    }

    static int state(long pair) {
        return (int) (pair >>> 32);
    }

    static int frame(long pair) {
        return (int) pair;
    }
}

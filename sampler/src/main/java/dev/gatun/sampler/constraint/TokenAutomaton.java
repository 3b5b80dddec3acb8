package dev.gatun.sampler.constraint;

import dev.gatun.sampler.TokenTrie;

/**
 * Says which tokens of a vocabulary may follow in a state: walks the vocabulary's tree once a state, and keeps the answer.
 * Safe for use by several threads.
 */
final class TokenAutomaton {
    private static final int NONE = -1;
    private static final long MOST_MASK_BYTES = 64 << 20;

    private final TokenTrie trie;
    private final Automaton automaton;
    private final PlainText plain;
    private final byte[] classes; // [node]: of the byte that leads to it
    private final byte[] otherClasses; // the same among the tokens that are not plain
    private final State[] path; // [depth]
    private final int mostMasks;
    private final State start;

    TokenAutomaton(Network network, TokenTrie trie, PlainText plain) {
        this.trie = trie;
        this.automaton = new Automaton(network);
        this.plain = plain;
        this.classes = classes(network, trie);
        this.otherClasses = classes(network, plain.others());
        this.path = new State[trie.deepest() + 1];
        this.mostMasks = (int) (MOST_MASK_BYTES / ((long) Long.BYTES * Math.max(1, words())));
        this.start = automaton.start();
    }

    private static byte[] classes(Network network, TokenTrie trie) {
        byte[] classes = new byte[trie.nodes()];
        for (int node = 0; node < classes.length; node++) {
            classes[node] = (byte) network.classOf(trie.label(node));
        }
        return classes;
    }

    TokenTrie trie() {
        return trie;
    }

    private int words() {
        return (trie.size() + Long.SIZE - 1) / Long.SIZE;
    }

    State start() {
        return start;
    }

    /** The same state, among those that are kept now. */
    synchronized State refresh(State state) {
        return automaton.refresh(state, mostMasks);
    }

    /** The tokens that may follow: bit {@code t % 64} of word {@code t / 64}. */
    synchronized long[] mask(State state) {
        long[] mask = state.mask;
        if (mask == null) {
            mask = walk(state);
            state.mask = mask;
            state.table.countMask();
        }
        return mask;
    }

    private long[] walk(State from) {
        int reach = PlainText.reach(from, automaton);
        if (reach <= 0) {
            return walk(from, trie, classes, new long[words()]);
        }
        return walk(from, plain.others(), otherClasses, plain.mask(reach));
    }

    private long[] walk(State from, TokenTrie tokens, byte[] byteClasses, long[] mask) {
        State[] states = path;
        states[0] = from;
        int nodes = tokens.nodes();
        int node = 0;
        while (node < nodes) {
            int depth = tokens.depth(node);
            State state = automaton.next(states[depth - 1], byteClasses[node] & 0xFF);
            if (state == State.DEAD) {
                node = tokens.end(node);
                continue;
            }
            states[depth] = state;
            int last = tokens.first(node + 1);
            for (int i = tokens.first(node); i < last; i++) {
                int token = tokens.token(i);
                mask[token >> 6] |= 1L << token;
            }
            node++;
        }
        return mask;
    }

    /** The state after a token; {@link State#DEAD} if it may not follow. */
    synchronized State after(State state, int token) {
        State at = state;
        int length = trie.length(token);
        for (int i = 0; i < length && at != State.DEAD; i++) {
            at = automaton.next(at, automaton.network().classOf(trie.byteAt(token, i)));
        }
        return length == 0 ? State.DEAD : at;
    }

    /** Whether no byte may follow. */
    synchronized boolean isLast(State state) {
        return automaton.edges(state).length == 0;
    }

    /** The longest token that spells what must follow, or -1 if a longer one might do as well or there is a choice. */
    synchronized int forced(State state) {
        State at = state;
        int node = NONE;
        int longest = NONE;
        for (int only = automaton.onlyByte(at); only >= 0; only = automaton.onlyByte(at)) {
            node = trie.child(node, only);
            if (node == NONE) {
                return longest;
            }
            if (trie.first(node) < trie.first(node + 1)) {
                longest = trie.token(trie.first(node));
            }
            at = automaton.next(at, automaton.network().classOf(only));
        }
        boolean mayGoOn = node == NONE || trie.end(node) > node + 1;
        return mayGoOn && !(at.isAccepting() && isLast(at)) ? NONE : longest;
    }
}

package dev.gatun.runtime.token;

import java.util.Arrays;

/** Finds control and user-defined tokens in text, by their characters: a trie whose edges lie in one table. */
final class SpecialTokens {
    private static final long NONE = -1;

    private final PairTable edges;
    private int[] tokens = new int[64];
    private boolean[] control = new boolean[64];
    private int nodes = 1;
    private final boolean[] begins = new boolean[128];
    private boolean beginsElsewhere;

    SpecialTokens(int expected) {
        edges = new PairTable(expected);
        Arrays.fill(tokens, -1);
    }

    /** Enters a token, unless one of the same text is in already. */
    void add(String text, int id, boolean isControl) {
        char first = text.charAt(0);
        if (first < begins.length) {
            begins[first] = true;
        } else {
            beginsElsewhere = true;
        }
        int node = 0;
        for (int i = 0; i < text.length(); i++) {
            edges.add(node, text.charAt(i), nodes);
            int child = (int) edges.find(node, text.charAt(i), NONE);
            if (child == nodes) {
                node();
            }
            node = child;
        }
        if (tokens[node] < 0) {
            tokens[node] = id;
            control[node] = isControl;
        }
    }

    private void node() {
        nodes++;
        if (nodes == tokens.length) {
            tokens = Arrays.copyOf(tokens, nodes * 2);
            Arrays.fill(tokens, nodes, tokens.length, -1);
            control = Arrays.copyOf(control, nodes * 2);
        }
    }

    /**
     * The longest token whose text begins at {@code from}: its length in the upper 32 bits, its id in the lower, or -1.
     *
     * @param controlEnd a control token counts only if it ends here or before
     */
    long longest(String text, int from, int to, int controlEnd) {
        char first = text.charAt(from);
        if (first < begins.length ? !begins[first] : !beginsElsewhere) {
            return NONE;
        }
        long found = NONE;
        int node = 0;
        for (int i = from; i < to; i++) {
            node = (int) edges.find(node, text.charAt(i), NONE);
            if (node < 0) {
                break;
            }
            if (tokens[node] >= 0 && (!control[node] || i < controlEnd)) {
                found = ((long) (i + 1 - from) << 32) | tokens[node];
            }
        }
        return found;
    }
}

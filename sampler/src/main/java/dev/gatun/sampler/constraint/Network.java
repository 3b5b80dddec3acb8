package dev.gatun.sampler.constraint;

import java.util.Arrays;

/**
 * Rules as a network of states over bytes: an edge reads a byte of a range, or calls a rule and goes on when that is done.
 * Immutable.
 *
 * <p>No edge reads nothing, from each state the end of its rule can be reached, and no rule calls itself before it has read
 * a byte: {@link #rank} orders rules so that what a rule may begin with comes later.
 */
final class Network {
    /** The state that is reached when the text may end. It has no edges. */
    static final int ACCEPT = 0;

    /** The target of a call behind which its own rule ends, too. */
    static final int TAIL = -1;

    private final int[] edgeStarts; // [state + 1]
    private final int[] edgeBytes; // [edge]: low << 8 | high
    private final int[] edgeTargets; // [edge]
    private final int[] callStarts; // [state + 1]
    private final int[] callRules; // [call]
    private final int[] callTargets; // [call]
    private final boolean[] finals; // [state]: the rule may end here
    private final int[] begins; // [rule], or 0 if it is never called
    private final int[] ranks; // [rule]
    private final int[] byRank; // [rank]
    private final byte[] classes; // [byte]: bytes of one class are never told apart
    private final int[] representatives; // [class]

    /**
     * @param edges {@code [state][3 * i]}: low, high, target
     * @param calls {@code [state][2 * i]}: rule, target
     */
    Network(int[][] edges, int[][] calls, boolean[] finals, int[] begins, int[] byRank) {
        int states = finals.length;
        this.finals = finals;
        this.begins = begins;
        this.byRank = byRank;
        this.ranks = new int[byRank.length];
        for (int rank = 0; rank < byRank.length; rank++) {
            ranks[byRank[rank]] = rank;
        }
        edgeStarts = starts(edges, 3);
        callStarts = starts(calls, 2);
        edgeBytes = new int[edgeStarts[states]];
        edgeTargets = new int[edgeStarts[states]];
        callRules = new int[callStarts[states]];
        callTargets = new int[callStarts[states]];
        boolean[] cuts = new boolean[257];
        for (int state = 0; state < states; state++) {
            for (int i = 0, at = edgeStarts[state]; i < edges[state].length; i += 3, at++) {
                edgeBytes[at] = edges[state][i] << 8 | edges[state][i + 1];
                edgeTargets[at] = edges[state][i + 2];
                cuts[edges[state][i]] = true;
                cuts[edges[state][i + 1] + 1] = true;
            }
            for (int i = 0, at = callStarts[state]; i < calls[state].length; i += 2, at++) {
                callRules[at] = calls[state][i];
                callTargets[at] = calls[state][i + 1];
            }
        }
        classes = new byte[256];
        int[] first = new int[256];
        int last = 0;
        for (int value = 1; value < 256; value++) {
            if (cuts[value]) {
                first[++last] = value;
            }
            classes[value] = (byte) last;
        }
        representatives = Arrays.copyOf(first, last + 1);
    }

    private static int[] starts(int[][] lists, int width) {
        int[] starts = new int[lists.length + 1];
        for (int i = 0; i < lists.length; i++) {
            starts[i + 1] = starts[i] + lists[i].length / width;
        }
        return starts;
    }

    int states() {
        return finals.length;
    }

    int firstEdge(int state) {
        return edgeStarts[state];
    }

    int low(int edge) {
        return edgeBytes[edge] >> 8;
    }

    int high(int edge) {
        return edgeBytes[edge] & 0xFF;
    }

    int edgeTarget(int edge) {
        return edgeTargets[edge];
    }

    int firstCall(int state) {
        return callStarts[state];
    }

    int callRule(int call) {
        return callRules[call];
    }

    int callTarget(int call) {
        return callTargets[call];
    }

    boolean isFinal(int state) {
        return finals[state];
    }

    /** Whether anything can be read from here. */
    boolean hasNext(int state) {
        return edgeStarts[state + 1] > edgeStarts[state] || callStarts[state + 1] > callStarts[state];
    }

    int begin(int rule) {
        return begins[rule];
    }

    int rules() {
        return ranks.length;
    }

    int rank(int rule) {
        return ranks[rule];
    }

    int ruleOfRank(int rank) {
        return byRank[rank];
    }

    int classOf(int value) {
        return classes[value] & 0xFF;
    }

    int classes() {
        return representatives.length;
    }

    /** A byte of a class. */
    int representative(int byteClass) {
        return representatives[byteClass];
    }
}

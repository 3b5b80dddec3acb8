package dev.gatun.sampler.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes a network of rules: takes out edges that read nothing, and states from which no end can be reached. */
final class NetworkCompiler {
    private static final int NEW = -1;

    private final Rules rules;
    private final RuleFacts facts;
    private final EpsilonNetwork source;
    private final int[] begins; // [rule]: in the network, or 0
    private final List<Integer> sources = new ArrayList<>(); // [state]: of the source
    private final List<int[]> edges = new ArrayList<>(); // low, high, target
    private final List<int[]> calls = new ArrayList<>(); // rule, target
    private boolean[] finals = new boolean[256]; // [state]
    private int[] numbers = {}; // [state of the source]
    private int[] marks = {}; // [state of the source]: the state whose closure has seen it
    private boolean[] ends = {}; // [state of the source]: ends a rule
    private int[] stack = new int[256];
    private int edgeCount;

    private NetworkCompiler(Rules rules) {
        this.rules = rules;
        this.facts = new RuleFacts(rules);
        this.source = new EpsilonNetwork(rules, facts);
        this.begins = new int[rules.count()];
    }

    /**
     * The network of some rules.
     *
     * @throws InvalidConstraintException if they match no text, a rule begins with itself, or they are too large
     */
    static Network compile(Rules rules) {
        return new NetworkCompiler(rules).compile();
    }

    private Network compile() {
        if (!facts.isProductive(0)) {
            throw new InvalidConstraintException(
                    "The " + rules.notation() + " matches no text at all; give it a way to end.");
        }
        source.state();
        number(0);
        addRule(0);
        for (int state = 1; state < sources.size(); state++) {
            close(state);
        }
        trim();
        int count = sources.size();
        return new Network(
                edges.toArray(int[][]::new),
                calls.toArray(int[][]::new),
                Arrays.copyOf(finals, count),
                begins,
                RuleOrder.of(rules, begins, calls));
    }

    private void addRule(int rule) {
        int end = source.state();
        int begin = source.add(rules.body(rule), end);
        fit();
        ends[end] = true;
        begins[rule] = number(begin);
    }

    private void fit() {
        int old = numbers.length;
        if (source.states() > old) {
            int capacity = Math.max(2 * old, source.states());
            numbers = Arrays.copyOf(numbers, capacity);
            marks = Arrays.copyOf(marks, capacity);
            ends = Arrays.copyOf(ends, capacity);
            Arrays.fill(numbers, old, capacity, NEW);
            Arrays.fill(marks, old, capacity, NEW);
        }
    }

    private int number(int state) {
        fit();
        if (numbers[state] == NEW) {
            numbers[state] = sources.size();
            sources.add(state);
            edges.add(new int[0]);
            calls.add(new int[0]);
            if (sources.size() > finals.length) {
                finals = Arrays.copyOf(finals, 2 * finals.length);
            }
        }
        return numbers[state];
    }

    /** Finds what can be read from a state. */
    private void close(int state) {
        int[] read = new int[12];
        int reads = 0;
        int[] called = new int[8];
        int callsHere = 0;
        int depth = push(sources.get(state), state, 0);
        while (depth > 0) {
            int at = stack[--depth];
            finals[state] |= ends[at];
            for (int edge = source.first(at); edge >= 0; edge = source.next(edge)) {
                int label = source.label(edge);
                int target = source.target(edge);
                if (label == EpsilonNetwork.EPSILON) {
                    depth = push(target, state, depth);
                } else if (EpsilonNetwork.isCall(label)) {
                    int rule = EpsilonNetwork.rule(label);
                    if (begins[rule] == 0) {
                        addRule(rule);
                    }
                    called = room(called, callsHere + 2);
                    called[callsHere++] = rule;
                    called[callsHere++] = number(target);
                } else {
                    read = room(read, reads + 3);
                    read[reads++] = label >> 8;
                    read[reads++] = label & 0xFF;
                    read[reads++] = number(target);
                }
            }
            if (edgeCount + reads / 3 + callsHere / 2 > EpsilonNetwork.MOST_EDGES) {
                throw EpsilonNetwork.tooLarge(rules);
            }
        }
        edgeCount += reads / 3 + callsHere / 2;
        edges.set(state, Arrays.copyOf(read, reads));
        calls.set(state, Arrays.copyOf(called, callsHere));
    }

    private int push(int at, int state, int depth) {
        fit();
        if (marks[at] == state) {
            return depth;
        }
        marks[at] = state;
        stack = room(stack, depth + 1);
        stack[depth] = at;
        return depth + 1;
    }

    private static int[] room(int[] array, int length) {
        return length <= array.length ? array : Arrays.copyOf(array, 2 * Math.max(length, array.length));
    }

    private void trim() {
        boolean[] live = Arrays.copyOf(finals, sources.size());
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int state = live.length - 1; state > 0; state--) {
                if (!live[state] && (reaches(edges.get(state), 3, live) || reaches(calls.get(state), 2, live))) {
                    live[state] = true;
                    changed = true;
                }
            }
        }
        for (int state = 1; state < live.length; state++) {
            edges.set(state, keep(edges.get(state), 3, live));
            calls.set(state, keep(calls.get(state), 2, live));
        }
        for (int state = 1; state < live.length; state++) {
            int[] list = calls.get(state);
            for (int i = 1; i < list.length; i += 2) {
                int target = list[i];
                if (edges.get(target).length == 0 && calls.get(target).length == 0) {
                    list[i] = Network.TAIL;
                }
            }
        }
    }

    private static boolean reaches(int[] list, int width, boolean[] live) {
        for (int i = width - 1; i < list.length; i += width) {
            if (live[list[i]]) {
                return true;
            }
        }
        return false;
    }

    private static int[] keep(int[] list, int width, boolean[] live) {
        int[] kept = new int[list.length];
        int length = 0;
        for (int i = 0; i < list.length; i += width) {
            if (live[list[i + width - 1]]) {
                System.arraycopy(list, i, kept, length, width);
                length += width;
            }
        }
        return Arrays.copyOf(kept, length);
    }
}

package dev.gatun.sampler.constraint;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * States with edges that read a byte, call a rule, or read nothing, built backwards from what follows (Thompson, "Regular
 * expression search algorithm", CACM 11(6), 1968).
 */
final class EpsilonNetwork {
    static final int EPSILON = -1;

    static final int MOST_EDGES = 1 << 18;
    private static final int MOST_PARTS = 1 << 18;

    private final Rules rules;
    private final RuleFacts facts;
    private int[] heads = new int[256]; // [state]: its newest edge, or -1
    private int[] nexts = new int[256]; // [edge]: the state's edge before, or -1
    private int[] labels = new int[256]; // [edge]: low << 8 | high, EPSILON, or -2 - rule
    private int[] targets = new int[256]; // [edge]
    private int states;
    private int edges;
    private int parts;

    EpsilonNetwork(Rules rules, RuleFacts facts) {
        this.rules = rules;
        this.facts = facts;
    }

    int states() {
        return states;
    }

    /** A state's first edge, or -1. */
    int first(int state) {
        return heads[state];
    }

    /** The edge after {@code edge}, or -1. */
    int next(int edge) {
        return nexts[edge];
    }

    int label(int edge) {
        return labels[edge];
    }

    int target(int edge) {
        return targets[edge];
    }

    static boolean isCall(int label) {
        return label < EPSILON;
    }

    static int rule(int label) {
        return -2 - label;
    }

    int state() {
        if (states == heads.length) {
            heads = Arrays.copyOf(heads, 2 * states);
        }
        heads[states] = -1;
        return states++;
    }

    private void edge(int from, int label, int to) {
        if (edges == MOST_EDGES) {
            throw tooLarge(rules);
        }
        if (edges == labels.length) {
            nexts = Arrays.copyOf(nexts, 2 * edges);
            labels = Arrays.copyOf(labels, 2 * edges);
            targets = Arrays.copyOf(targets, 2 * edges);
        }
        nexts[edges] = heads[from];
        labels[edges] = label;
        targets[edges] = to;
        heads[from] = edges++;
    }

    /** Adds what matches {@code expr} and then goes on at {@code next}; returns where it begins. */
    int add(Expr expr, int next) {
        if (++parts > MOST_PARTS) {
            throw tooLarge(rules);
        }
        return switch (expr) {
            case Expr.Chars chars -> chars(chars.set(), next);
            case Expr.Literal literal -> literal(literal.text(), next);
            case Expr.Sequence sequence -> sequence(sequence.parts(), next);
            case Expr.Choice choice -> choice(choice.options(), next);
            case Expr.Repeat repeat -> repeat(repeat, next);
            case Expr.Call call -> call(call.rule(), next);
        };
    }

    private int chars(CodePointSet set, int next) {
        int begin = state();
        Map<Long, Integer> tails = new HashMap<>(); // ways to the same end share their last bytes
        for (int range = 0; range < set.rangeCount(); range++) {
            Utf8.split(set.low(range), set.high(range), (lows, highs, length) -> {
                int target = next;
                for (int i = length - 1; i > 0; i--) {
                    int label = lows[i] << 8 | highs[i];
                    int rest = target;
                    target = tails.computeIfAbsent((long) rest << 16 | label, key -> {
                        int tail = state();
                        edge(tail, label, rest);
                        return tail;
                    });
                }
                edge(begin, lows[0] << 8 | highs[0], target);
            });
        }
        return begin;
    }

    private int literal(String text, int next) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        int begin = next;
        for (int i = bytes.length - 1; i >= 0; i--) {
            int state = state();
            edge(state, (bytes[i] & 0xFF) << 8 | (bytes[i] & 0xFF), begin);
            begin = state;
        }
        return begin;
    }

    private int sequence(List<Expr> all, int next) {
        int begin = next;
        for (int i = all.size() - 1; i >= 0; i--) {
            begin = add(all.get(i), begin);
        }
        return begin;
    }

    private int choice(List<Expr> options, int next) {
        int begin = state();
        for (Expr option : options) {
            edge(begin, EPSILON, add(option, next));
        }
        return begin;
    }

    private int repeat(Expr.Repeat repeat, int next) {
        int begin = next;
        if (repeat.max() == Expr.UNBOUNDED) {
            begin = state();
            edge(begin, EPSILON, add(repeat.part(), begin));
            edge(begin, EPSILON, next);
        } else {
            for (int i = repeat.min(); i < repeat.max(); i++) {
                int optional = state();
                edge(optional, EPSILON, add(repeat.part(), begin));
                edge(optional, EPSILON, next);
                begin = optional;
            }
        }
        for (int i = 0; i < repeat.min(); i++) {
            begin = add(repeat.part(), begin);
        }
        return begin;
    }

    private int call(int rule, int next) {
        int begin = state();
        if (facts.isProductive(rule)) {
            edge(begin, -2 - rule, next);
            if (facts.isNullable(rule)) {
                edge(begin, EPSILON, next);
            }
        }
        return begin;
    }

    static InvalidConstraintException tooLarge(Rules rules) {
        return new InvalidConstraintException(
                "The " + rules.notation() + " is too large: written out, its repetitions and"
                        + " alternatives have more than " + MOST_EDGES + " edges; make counted repetitions smaller.");
    }
}

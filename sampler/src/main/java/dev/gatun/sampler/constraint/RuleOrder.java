package dev.gatun.sampler.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Orders rules so that each comes before those it may begin with (Kahn, "Topological sorting of large networks", 1962). */
final class RuleOrder {

    private RuleOrder() {}

    /**
     * The rules in order.
     *
     * @param begins the state in which each rule begins
     * @param calls what each state calls: rule, target, and so on
     * @throws InvalidConstraintException if a rule begins with itself
     */
    static int[] of(Rules rules, int[] begins, List<int[]> calls) {
        int count = rules.count();
        int[] callers = new int[count];
        for (int rule = 0; rule < count; rule++) {
            int[] list = calls.get(begins[rule]);
            for (int i = 0; i < list.length; i += 2) {
                callers[list[i]]++;
            }
        }
        int[] order = new int[count];
        int length = 0;
        var ready = new ArrayDeque<Integer>();
        for (int rule = 0; rule < count; rule++) {
            if (callers[rule] == 0) {
                ready.add(rule);
            }
        }
        while (!ready.isEmpty()) {
            int rule = ready.remove();
            order[length++] = rule;
            int[] list = calls.get(begins[rule]);
            for (int i = 0; i < list.length; i += 2) {
                if (--callers[list[i]] == 0) {
                    ready.add(list[i]);
                }
            }
        }
        if (length < count) {
            throw new InvalidConstraintException(
                    "The " + rules.notation() + " is left-recursive, which is not supported: "
                            + cycle(rules, begins, calls, callers)
                            + " before anything is read; write the repetition with * or put the recursion last.");
        }
        return order;
    }

    /** Follows callers that were never ready until one comes again. */
    private static String cycle(Rules rules, int[] begins, List<int[]> calls, int[] callers) {
        int rule = 0;
        while (callers[rule] == 0) {
            rule++;
        }
        var path = new ArrayList<Integer>();
        while (!path.contains(rule)) {
            path.add(rule);
            rule = caller(rule, begins, calls, callers);
        }
        var names = new StringBuilder("rule ").append(rules.name(rule));
        for (int i = path.size() - 1; path.get(i) != rule; i--) {
            names.append(" begins with ").append(rules.name(path.get(i))).append(", which");
        }
        return names.append(" begins with ").append(rules.name(rule)).toString();
    }

    private static int caller(int called, int[] begins, List<int[]> calls, int[] callers) {
        for (int rule = 0; rule < begins.length; rule++) {
            if (callers[rule] > 0) {
                int[] list = calls.get(begins[rule]);
                for (int i = 0; i < list.length; i += 2) {
                    if (list[i] == called) {
                        return rule;
                    }
                }
            }
        }
        throw new AssertionError(called);
    }
}

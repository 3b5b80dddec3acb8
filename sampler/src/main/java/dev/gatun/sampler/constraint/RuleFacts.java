package dev.gatun.sampler.constraint;

import java.util.function.Predicate;

/** Which rules match the empty text, and which match any text at all: least fixed points. */
final class RuleFacts {
    private final boolean[] nullable;
    private final boolean[] productive;

    RuleFacts(Rules rules) {
        nullable = fixpoint(rules, this::isNullable);
        productive = fixpoint(rules, this::isProductive);
    }

    private interface Fact {
        boolean holds(Expr expr, boolean[] rules);
    }

    private static boolean[] fixpoint(Rules rules, Fact fact) {
        boolean[] known = new boolean[rules.count()];
        boolean changed = true;
        while (changed) {
            changed = false;
            // callers tend to come before what they call
            for (int rule = rules.count() - 1; rule >= 0; rule--) {
                if (!known[rule] && fact.holds(rules.body(rule), known)) {
                    known[rule] = true;
                    changed = true;
                }
            }
        }
        return known;
    }

    boolean isNullable(int rule) {
        return nullable[rule];
    }

    boolean isProductive(int rule) {
        return productive[rule];
    }

    private boolean isNullable(Expr expr, boolean[] rules) {
        return switch (expr) {
            case Expr.Chars chars -> false;
            case Expr.Literal literal -> literal.text().isEmpty();
            case Expr.Sequence sequence -> all(sequence.parts(), part -> isNullable(part, rules));
            case Expr.Choice choice -> any(choice.options(), option -> isNullable(option, rules));
            case Expr.Repeat repeat -> repeat.min() == 0 || isNullable(repeat.part(), rules);
            case Expr.Call call -> rules[call.rule()];
        };
    }

    private boolean isProductive(Expr expr, boolean[] rules) {
        return switch (expr) {
            case Expr.Chars chars -> !chars.set().isEmpty();
            case Expr.Literal literal -> true;
            case Expr.Sequence sequence -> all(sequence.parts(), part -> isProductive(part, rules));
            case Expr.Choice choice -> any(choice.options(), option -> isProductive(option, rules));
            case Expr.Repeat repeat -> repeat.min() == 0 || isProductive(repeat.part(), rules);
            case Expr.Call call -> rules[call.rule()];
        };
    }

    private static boolean all(Iterable<Expr> parts, Predicate<Expr> fact) {
        for (Expr part : parts) {
            if (!fact.test(part)) {
                return false;
            }
        }
        return true;
    }

    private static boolean any(Iterable<Expr> parts, Predicate<Expr> fact) {
        for (Expr part : parts) {
            if (fact.test(part)) {
                return true;
            }
        }
        return false;
    }
}

package dev.gatun.sampler.constraint;

import java.util.ArrayList;
import java.util.List;

/** Matches an expression without rules by its derivatives (Brzozowski, 1964): slow, short, and nothing like the automaton. */
final class Derivative {

    private Derivative() {}

    /** Whether the text matches. */
    static boolean matches(Expr expr, String text) {
        return isNullable(after(expr, text));
    }

    /** Whether the text is the beginning of one that matches. */
    static boolean begins(Expr expr, String text) {
        return !isNothing(after(expr, text));
    }

    private static Expr after(Expr expr, String text) {
        Expr rest = expr;
        for (int codePoint : text.codePoints().toArray()) {
            rest = derive(rest, codePoint);
        }
        return rest;
    }

    private static boolean isNullable(Expr expr) {
        return switch (expr) {
            case Expr.Chars chars -> false;
            case Expr.Literal literal -> literal.text().isEmpty();
            case Expr.Sequence sequence -> sequence.parts().stream().allMatch(Derivative::isNullable);
            case Expr.Choice choice -> choice.options().stream().anyMatch(Derivative::isNullable);
            case Expr.Repeat repeat -> repeat.min() == 0 || isNullable(repeat.part());
            case Expr.Call call -> throw new AssertionError(call);
        };
    }

    private static boolean isNothing(Expr expr) {
        return switch (expr) {
            case Expr.Chars chars -> chars.set().isEmpty();
            case Expr.Literal literal -> false;
            case Expr.Sequence sequence -> sequence.parts().stream().anyMatch(Derivative::isNothing);
            case Expr.Choice choice -> choice.options().stream().allMatch(Derivative::isNothing);
            case Expr.Repeat repeat -> repeat.min() > 0 && isNothing(repeat.part());
            case Expr.Call call -> throw new AssertionError(call);
        };
    }

    private static Expr derive(Expr expr, int codePoint) {
        return switch (expr) {
            case Expr.Chars chars -> chars.set().contains(codePoint) ? Expr.EMPTY : Expr.NOTHING;
            case Expr.Literal literal -> {
                String text = literal.text();
                yield !text.isEmpty() && text.codePointAt(0) == codePoint
                        ? Expr.text(text.substring(Character.charCount(codePoint)))
                        : Expr.NOTHING;
            }
            case Expr.Choice choice -> {
                List<Expr> options = new ArrayList<>();
                for (Expr option : choice.options()) {
                    Expr rest = derive(option, codePoint);
                    if (!isNothing(rest) && !options.contains(rest)) {
                        options.add(rest);
                    }
                }
                yield new Expr.Choice(options);
            }
            case Expr.Sequence sequence -> sequence(sequence.parts(), codePoint);
            case Expr.Repeat repeat -> {
                if (repeat.max() == 0) {
                    yield Expr.NOTHING;
                }
                int max = repeat.max() == Expr.UNBOUNDED ? Expr.UNBOUNDED : repeat.max() - 1;
                Expr rest = Expr.repeat(repeat.part(), Math.max(0, repeat.min() - 1), max);
                yield Expr.sequence(derive(repeat.part(), codePoint), rest);
            }
            case Expr.Call call -> throw new AssertionError(call);
        };
    }

    private static Expr sequence(List<Expr> parts, int codePoint) {
        if (parts.isEmpty()) {
            return Expr.NOTHING;
        }
        List<Expr> behind = parts.subList(1, parts.size());
        List<Expr> first = new ArrayList<>();
        first.add(derive(parts.getFirst(), codePoint));
        first.addAll(behind);
        Expr taken = new Expr.Sequence(List.copyOf(first));
        return isNullable(parts.getFirst()) ? new Expr.Choice(List.of(taken, sequence(behind, codePoint))) : taken;
    }
}

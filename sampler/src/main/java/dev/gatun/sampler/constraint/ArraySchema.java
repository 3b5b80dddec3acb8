package dev.gatun.sampler.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An array's elements: those of {@code prefixItems} by their place, then any number that fit {@code items}. */
final class ArraySchema {
    private static final int MOST_PLACES = 100;

    private final List<Expr> places = new ArrayList<>();
    private final Optional<Expr> further;
    private final int min;
    private final int max;

    ArraySchema(SchemaCompiler compiler, Keywords keywords) {
        List<Json> prefix = keywords.elements("prefixItems");
        if (prefix.size() > MOST_PLACES) {
            throw keywords.unsupported("prefixItems", "there are more than " + MOST_PLACES + " elements");
        }
        for (int i = 0; i < prefix.size(); i++) {
            places.add(compiler.schema(prefix.get(i), keywords.place("prefixItems") + "/" + i));
        }
        Json items = keywords.find("items").orElse(new Json.Bool(prefix.isEmpty()));
        boolean isClosed = items.equals(new Json.Bool(false));
        further = isClosed
                ? Optional.empty()
                : Optional.of(compiler.rule(
                        keywords.pointer() + " element", compiler.schema(items, keywords.place("items"))));
        min = keywords.count("minItems", 0);
        int most = keywords.count("maxItems", Expr.UNBOUNDED);
        max = isClosed ? Math.min(most, places.size()) : most;
        if (min > max) {
            throw keywords.error("minItems", "at least " + min + " elements are wanted, but there are at most " + max);
        }
    }

    Expr expr() {
        int placed = Math.min(places.size(), max);
        Expr rest = further.filter(element -> max > placed)
                .map(element -> Expr.repeat(
                        Expr.sequence(JsonText.COMMA, element),
                        Math.max(0, min - Math.max(1, placed)),
                        max == Expr.UNBOUNDED ? max : max - Math.max(1, placed)))
                .orElse(Expr.EMPTY);
        if (placed == 0) {
            rest = max == 0 ? Expr.EMPTY : optionalUnless(min > 0, Expr.sequence(further.orElseThrow(), rest));
        }
        for (int i = placed - 1; i >= 0; i--) {
            Expr element = i == 0 ? places.get(i) : Expr.sequence(JsonText.COMMA, places.get(i));
            rest = optionalUnless(i < min, Expr.sequence(element, rest));
        }
        return Expr.sequence(Expr.text("["), rest, Expr.text("]"));
    }

    private static Expr optionalUnless(boolean isNeeded, Expr expr) {
        return isNeeded ? expr : Expr.optional(expr);
    }
}

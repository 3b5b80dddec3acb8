package dev.gatun.runtime.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression; {@code at} is its offset in the source. */
sealed interface Expr {
    int at();

    record Literal(int at, Value value) implements Expr {}

    record Name(int at, String name) implements Expr {}

    record ListExpr(int at, List<Expr> items, boolean isTuple) implements Expr {}

    record DictExpr(int at, List<Expr> keys, List<Expr> values) implements Expr {}

    record Attribute(int at, Expr target, String name) implements Expr {}

    record Subscript(int at, Expr target, Expr index) implements Expr {}

    record Slice(
            int at,
            Expr target,
            @Nullable Expr start,
            @Nullable Expr stop,
            @Nullable Expr step) implements Expr {}

    record Call(int at, Expr target, Args args) implements Expr {}

    /** A filter; without a target it applies to the body of its block. */
    record Filter(int at, @Nullable Expr target, String name, Args args) implements Expr {}

    record Test(int at, Expr target, String name, Args args, boolean negated) implements Expr {}

    record Not(int at, Expr operand) implements Expr {}

    record Sign(int at, Expr operand, boolean negative) implements Expr {}

    /** Left-associative operators of one precedence, kept flat so that a long sum does not nest. */
    record Chain(int at, Expr first, List<String> operators, List<Expr> operands) implements Expr {}

    record Compare(int at, Expr first, List<String> operators, List<Expr> operands) implements Expr {}

    record Concat(int at, List<Expr> parts) implements Expr {}

    record Logic(int at, boolean isAnd, List<Expr> operands) implements Expr {}

    record Conditional(
            int at, Expr condition, Expr then, @Nullable Expr otherwise) implements Expr {}

    /** Arguments as written: {@code f(a, name=b, *rest, **named)}. */
    record Args(
            List<Expr> positional,
            List<String> names,
            List<Expr> named,
            @Nullable Expr rest,
            @Nullable Expr namedRest) {
        static final Args NONE = new Args(List.of(), List.of(), List.of(), null, null);
    }
}

package dev.gatun.runtime.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of template body. */
sealed interface Statement {

    record Write(Text text) implements Statement {}

    record Print(Expr value) implements Statement {}

    record If(List<Expr> conditions, List<List<Statement>> bodies, List<Statement> otherwise) implements Statement {}

    record For(
            int at,
            Target target,
            Expr iterable,
            @Nullable Expr condition,
            boolean isRecursive,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    record Set(Target target, Expr value) implements Statement {}

    /** A {@code set} with a body; without a target, a filter block. */
    record Capture(@Nullable Target target, List<Expr.Filter> filters, List<Statement> body) implements Statement {}

    record MacroDefinition(String name, Signature signature) implements Statement {}

    record CallBlock(Expr.Call call, Signature caller) implements Statement {}

    record With(List<Target> targets, List<Expr> values, List<Statement> body) implements Statement {}

    /** A body with a scope of its own: {@code generation} and {@code block}. */
    record Scoped(List<Statement> body) implements Statement {}

    record Break(int at) implements Statement {}

    record Continue(int at) implements Statement {}

    /**
     * Parameters and body of a macro.
     *
     * @param defaults of the last parameters
     * @param takesRest whether the body mentions {@code varargs}; only then may a call pass more than it names
     * @param takesNamedRest the same for {@code kwargs}
     */
    record Signature(
            int at,
            List<String> parameters,
            List<Expr> defaults,
            List<Statement> body,
            boolean takesRest,
            boolean takesNamedRest) {}

    /** What an assignment writes to. */
    sealed interface Target {
        record Variable(String name) implements Target {}

        record Tuple(int at, List<Target> parts) implements Target {}

        record Attribute(int at, String namespace, String name) implements Target {}
    }
}

package dev.gatun.sampler.constraint;

import java.util.List;

/** What a text may be, as a tree. */
sealed interface Expr {
    /** One of some code points. */
    record Chars(CodePointSet set) implements Expr {}

    /** This text. */
    record Literal(String text) implements Expr {}

    /** One after another. */
    record Sequence(List<Expr> parts) implements Expr {}

    /** One of several; of none, nothing matches. */
    record Choice(List<Expr> options) implements Expr {}

    /**
     * Again and again.
     *
     * @param max the most times, or {@link #UNBOUNDED}
     */
    record Repeat(Expr part, int min, int max) implements Expr {}

    /** What a rule says. */
    record Call(int rule) implements Expr {}

    int UNBOUNDED = Integer.MAX_VALUE;

    /** The empty text. */
    Expr EMPTY = new Literal("");

    /** Matches no text at all. */
    Expr NOTHING = new Choice(List.of());

    static Expr text(String text) {
        return new Literal(text);
    }

    static Expr chars(int... bounds) {
        return new Chars(CodePointSet.of(bounds));
    }

    static Expr sequence(Expr... parts) {
        return new Sequence(List.of(parts));
    }

    static Expr sequence(List<Expr> parts) {
        return parts.size() == 1 ? parts.getFirst() : new Sequence(List.copyOf(parts));
    }

    static Expr choice(Expr... options) {
        return new Choice(List.of(options));
    }

    static Expr choice(List<Expr> options) {
        return options.size() == 1 ? options.getFirst() : new Choice(List.copyOf(options));
    }

    static Expr repeat(Expr part, int min, int max) {
        return new Repeat(part, min, max);
    }

    static Expr optional(Expr part) {
        return new Repeat(part, 0, 1);
    }

    static Expr many(Expr part) {
        return new Repeat(part, 0, UNBOUNDED);
    }
}

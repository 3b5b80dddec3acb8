package dev.gatun.sampler.constraint;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a regular expression, as ECMAScript writes them with flag u, without what is not regular.
 *
 * <p>Refused by name: back references, look-around, word boundaries, atomic groups, possessive quantifiers, flags and
 * anchors inside. {@code \d}, {@code \w} and {@code \s} are ASCII. Groups capture nothing; lazy quantifiers match what
 * greedy ones do.
 */
final class RegexParser {
    private static final int MOST_CHARACTERS = 1 << 16;
    private static final int MOST_TIMES = 100_000;
    private static final Expr ANYTHING = Expr.many(new Expr.Chars(CodePointSet.ALL));

    private final PatternText text;
    private final RegexClass classes;
    private final boolean search;

    private RegexParser(String pattern, boolean search) {
        this.text = new PatternText("regular expression", pattern, MOST_CHARACTERS);
        this.classes = new RegexClass(text);
        this.search = search;
    }

    /** What matches as a whole. */
    static Expr whole(String pattern) {
        return new RegexParser(pattern, false).parse();
    }

    /** What holds a match, as JSON Schema wants it: without anchors, anything may come before and behind. */
    static Expr search(String pattern) {
        return new RegexParser(pattern, true).parse();
    }

    private Expr parse() {
        Expr expr = alternatives(true);
        if (!text.isAtEnd()) {
            throw text.error(text.position(), "a ) closes no group; write \\) for the character");
        }
        return expr;
    }

    private Expr alternatives(boolean outermost) {
        text.enter();
        List<Expr> options = new ArrayList<>();
        do {
            options.add(sequence(outermost));
        } while (text.skip("|"));
        text.leave();
        return Expr.choice(options);
    }

    private Expr sequence(boolean outermost) {
        List<Expr> parts = new ArrayList<>();
        boolean fromStart = outermost && text.skip("^");
        boolean toEnd = false;
        if (outermost && search && !fromStart) {
            parts.add(ANYTHING);
        }
        while (!toEnd && !text.isAtEnd() && text.peek() != '|' && text.peek() != ')') {
            if (outermost && text.skip("$")) {
                toEnd = true;
                if (!text.isAtEnd() && text.peek() != '|') {
                    throw text.error(text.position() - 1, "a $ stands before something; write \\$ for the character");
                }
            } else {
                parts.add(quantified());
            }
        }
        if (outermost && search && !toEnd) {
            parts.add(ANYTHING);
        }
        return Expr.sequence(parts);
    }

    private Expr quantified() {
        Expr atom = atom();
        int start = text.position();
        int min;
        int max;
        switch (text.peek()) {
            case '*' -> {
                min = 0;
                max = Expr.UNBOUNDED;
            }
            case '+' -> {
                min = 1;
                max = Expr.UNBOUNDED;
            }
            case '?' -> {
                min = 0;
                max = 1;
            }
            case '{' -> {
                return lazy(counted(atom, start), start);
            }
            default -> {
                return atom;
            }
        }
        text.next();
        return lazy(Expr.repeat(atom, min, max), start);
    }

    private Expr counted(Expr atom, int start) {
        text.next();
        int min = text.number(MOST_TIMES);
        int max = min;
        if (text.skip(",")) {
            max = text.peek() == '}' ? Expr.UNBOUNDED : text.number(MOST_TIMES);
        }
        if (min < 0 || max < 0 || !text.skip("}")) {
            throw text.error(start, "a { begins no repetition such as {2}, {2,} or {2,5}; write \\{ for the character");
        }
        if (max < min) {
            throw text.error(start, "a repetition goes from " + min + " down to " + max);
        }
        return Expr.repeat(atom, min, max);
    }

    private Expr lazy(Expr expr, int start) {
        if (text.skip("?")) {
            return expr;
        }
        if (text.peek() == '+') {
            throw text.error(start, "possessive quantifiers are not supported");
        }
        if (text.peek() == '*' || text.peek() == '{') {
            throw text.error(text.position(), "a quantifier follows a quantifier; put a group around what it repeats");
        }
        return expr;
    }

    private Expr atom() {
        int start = text.position();
        int codePoint = text.next();
        return switch (codePoint) {
            case '(' -> group(start);
            case '[' -> new Expr.Chars(classes.bracket(start));
            case '.' -> new Expr.Chars(RegexClass.LINE_END.not());
            case '\\' -> new Expr.Chars(classes.escape(start, false));
            case '*', '+', '?' ->
                throw text.error(start, "there is nothing before " + PatternText.show(codePoint) + " to repeat");
            case '{', '}', ']' ->
                throw text.error(
                        start,
                        PatternText.show(codePoint) + " has a meaning of its own; write \\"
                                + Character.toString(codePoint) + " for the character");
            case '^', '$' ->
                throw text.error(
                        start,
                        "anchors are supported only at the very begin and end; write \\" + Character.toString(codePoint)
                                + " for the character");
            default -> new Expr.Chars(CodePointSet.of(codePoint, codePoint));
        };
    }

    private Expr group(int start) {
        if (text.skip("?")) {
            if (text.startsWith("=") || text.startsWith("!")) {
                throw text.error(start, "look-ahead is not supported");
            }
            if (text.startsWith("<=") || text.startsWith("<!")) {
                throw text.error(start, "look-behind is not supported");
            }
            if (text.startsWith(">")) {
                throw text.error(start, "atomic groups are not supported");
            }
            if (text.skip("<") || text.skip("P<")) {
                name(start);
            } else if (!text.skip(":")) {
                throw text.error(start, "flags and other special groups are not supported");
            }
        }
        Expr expr = alternatives(false);
        if (!text.skip(")")) {
            throw text.error(start, "a group is not closed");
        }
        return expr;
    }

    private void name(int start) {
        while (text.peek() == '_' || (text.peek() >= 0 && Character.isLetterOrDigit(text.peek()))) {
            text.next();
        }
        if (!text.skip(">")) {
            throw text.error(start, "a group's name does not end with >");
        }
    }
}

package dev.gatun.sampler.constraint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a grammar in the notation of llama.cpp (GBNF): rules {@code name ::= alternatives}, of which {@code root} is the
 * whole text; literals, classes, {@code .}, groups, {@code * + ? {m,n}}, comments, escapes.
 *
 * <p>Refused: left recursion, references to tokens, rules that are defined twice or not at all.
 */
final class GbnfParser {
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_TIMES = 100_000;
    private static final int MOST_RULES = 20_000;
    private static final String ROOT = "root";

    private final PatternText text;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<Integer> uses = new ArrayList<>(); // [rule]: where it was first named
    private final List<@Nullable Expr> bodies = new ArrayList<>();

    private GbnfParser(String grammar) {
        this.text = new PatternText("grammar", grammar, MOST_CHARACTERS);
    }

    static Rules parse(String grammar) {
        return new GbnfParser(grammar).rules();
    }

    private Rules rules() {
        rule(ROOT, 0);
        space(true);
        while (!text.isAtEnd()) {
            definition();
            space(true);
        }
        if (bodies.getFirst() == null) {
            throw new InvalidConstraintException(
                    "The grammar has no rule \"root\", which says what the whole text is.");
        }
        List<Rules.Rule> rules = new ArrayList<>();
        for (int rule = 0; rule < names.size(); rule++) {
            Expr body = bodies.get(rule);
            if (body == null) {
                throw text.error(uses.get(rule), "there is no rule \"" + names.get(rule) + "\"");
            }
            rules.add(new Rules.Rule(names.get(rule), body));
        }
        return new Rules("grammar", rules);
    }

    private int rule(String name, int use) {
        Integer known = numbers.get(name);
        if (known != null) {
            return known;
        }
        if (names.size() == MOST_RULES) {
            throw text.error(use, "there are more than " + MOST_RULES + " rules");
        }
        numbers.put(name, names.size());
        names.add(name);
        uses.add(use);
        bodies.add(null);
        return names.size() - 1;
    }

    private void definition() {
        int start = text.position();
        String name = name();
        if (name.isEmpty()) {
            throw text.error(start, "a rule's name is expected, not " + PatternText.show(text.peek()));
        }
        space(false);
        if (!text.skip("::=")) {
            throw text.error(text.position(), "::= is expected behind the name \"" + name + "\"");
        }
        space(true);
        int rule = rule(name, start);
        if (bodies.get(rule) != null) {
            throw text.error(start, "the rule \"" + name + "\" is defined twice");
        }
        bodies.set(rule, alternatives(false));
        if (!text.isAtEnd() && !isNewline(text.peek())) {
            throw text.error(
                    text.position(), "the rule \"" + name + "\" does not go on with " + PatternText.show(text.peek()));
        }
    }

    private String name() {
        int start = text.position();
        while (isNameCharacter(text.peek())) {
            text.next();
        }
        return text.from(start);
    }

    private static boolean isNameCharacter(int codePoint) {
        return (codePoint >= 'a' && codePoint <= 'z')
                || (codePoint >= 'A' && codePoint <= 'Z')
                || (codePoint >= '0' && codePoint <= '9')
                || codePoint == '-'
                || codePoint == '_';
    }

    private static boolean isNewline(int codePoint) {
        return codePoint == '\n' || codePoint == '\r';
    }

    /** Skips spaces and comments; ends of lines only where a rule may go on in the next one. */
    private void space(boolean newlines) {
        while (true) {
            int codePoint = text.peek();
            if (codePoint == '#') {
                while (!text.isAtEnd() && !isNewline(text.peek())) {
                    text.next();
                }
            } else if (codePoint == ' ' || codePoint == '\t' || (newlines && isNewline(codePoint))) {
                text.next();
            } else {
                return;
            }
        }
    }

    private Expr alternatives(boolean nested) {
        text.enter();
        List<Expr> options = new ArrayList<>();
        options.add(sequence(nested));
        while (text.skip("|")) {
            space(true);
            options.add(sequence(nested));
        }
        text.leave();
        return Expr.choice(options);
    }

    private Expr sequence(boolean nested) {
        List<Expr> parts = new ArrayList<>();
        for (Expr part = element(); part != null; part = element()) {
            space(nested);
            parts.add(quantified(part, nested));
        }
        return Expr.sequence(parts);
    }

    private @Nullable Expr element() {
        int start = text.position();
        int codePoint = text.peek();
        return switch (codePoint) {
            case '"' -> literal(start);
            case '[' -> bracket(start);
            case '(' -> group(start);
            case '.' -> any();
            case '<', '!' -> throw text.error(start, "references to tokens are not supported; write the text");
            case '*', '+', '?', '{' ->
                throw text.error(start, "there is nothing before " + PatternText.show(codePoint) + " to repeat");
            default -> called(start);
        };
    }

    private @Nullable Expr called(int start) {
        String name = name();
        if (name.isEmpty()) {
            return null;
        }
        return new Expr.Call(rule(name, start));
    }

    private Expr any() {
        text.next();
        return new Expr.Chars(CodePointSet.ALL);
    }

    private Expr group(int start) {
        text.next();
        space(true);
        Expr expr = alternatives(true);
        if (!text.skip(")")) {
            throw text.error(start, "a group is not closed");
        }
        return expr;
    }

    private Expr quantified(Expr part, boolean nested) {
        Expr expr = part;
        while (true) {
            int start = text.position();
            switch (text.peek()) {
                case '*' -> expr = Expr.many(expr);
                case '+' -> expr = Expr.repeat(expr, 1, Expr.UNBOUNDED);
                case '?' -> expr = Expr.optional(expr);
                case '{' -> expr = counted(expr, start);
                default -> {
                    return expr;
                }
            }
            text.next();
            space(nested);
        }
    }

    private Expr counted(Expr part, int start) {
        text.next();
        int min = text.number(MOST_TIMES);
        int max = min;
        if (text.skip(",")) {
            max = text.peek() == '}' ? Expr.UNBOUNDED : text.number(MOST_TIMES);
        }
        if (min < 0 || max < min || text.peek() != '}') {
            throw text.error(start, "a repetition is written {2}, {2,} or {2,5}");
        }
        return Expr.repeat(part, min, max);
    }

    private Expr literal(int start) {
        text.next();
        StringBuilder literal = new StringBuilder();
        while (!text.skip("\"")) {
            literal.appendCodePoint(character(start, "a literal is not closed"));
        }
        return Expr.text(literal.toString());
    }

    private Expr bracket(int start) {
        text.next();
        boolean negated = text.skip("^");
        if (text.startsWith("]")) {
            throw text.error(start, "a class is empty");
        }
        CodePointSet set = CodePointSet.NONE;
        while (!text.skip("]")) {
            int from = text.position();
            int low = character(start, "a class is not closed");
            int high = low;
            if (text.startsWith("-") && !text.startsWith("-]")) {
                text.next();
                high = character(start, "a class is not closed");
            }
            if (high < low) {
                throw text.error(
                        from, "a range goes from " + PatternText.show(low) + " down to " + PatternText.show(high));
            }
            set = set.or(CodePointSet.of(low, high));
        }
        return new Expr.Chars(negated ? set.not() : set);
    }

    private int character(int start, String unclosed) {
        int at = text.position();
        int codePoint = text.next();
        if (codePoint == PatternText.END) {
            throw text.error(start, unclosed);
        }
        if (codePoint != '\\') {
            return codePoint;
        }
        int escaped = text.next();
        return switch (escaped) {
            case 'x' -> text.hex(2);
            case 'u' -> text.hex(4);
            case 'U' -> text.hex(8);
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'n' -> '\n';
            case '\\', '"', '[', ']' -> escaped;
            default -> throw text.error(at, "there is no escape \\" + (escaped < 0 ? "" : Character.toString(escaped)));
        };
    }
}

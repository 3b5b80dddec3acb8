package dev.gatun.sampler.constraint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What JSON texts are made of. */
final class JsonText {
    /** What a string may hold without an escape. */
    static final CodePointSet PLAIN = CodePointSet.of(' ', '!', '#', '[', ']', CodePointSet.LAST);

    /** A character of a string: as it is, or one of the escapes of RFC 8259, halves of surrogate pairs left out. */
    static final Expr CHARACTER = Expr.choice(
            new Expr.Chars(PLAIN),
            Expr.sequence(
                    Expr.text("\\"),
                    Expr.choice(
                            new Expr.Chars(CodePointSet.ofEach("\"\\/bfnrt")),
                            Expr.sequence(
                                    Expr.text("u"),
                                    Expr.choice(
                                            Expr.sequence(hex("0-9a-cA-Ce-fE-F"), Expr.repeat(hex("0-9a-fA-F"), 3, 3)),
                                            Expr.sequence(
                                                    hex("dD"), hex("0-7"), Expr.repeat(hex("0-9a-fA-F"), 2, 2)))))));

    private static final Expr SPACE = Expr.optional(Expr.text(" "));

    /** Between a key and its value: no more than one space, so that a model cannot go on with spaces for ever. */
    static final Expr COLON = Expr.sequence(Expr.text(":"), SPACE);

    /** Between elements or members. */
    static final Expr COMMA = Expr.sequence(Expr.text(","), SPACE);

    static final Expr INTEGER = RegexParser.whole("-?(?:0|[1-9]\\d{0,15})");

    /** Finite as a {@code double}, and of bounded length. */
    static final Expr NUMBER = RegexParser.whole("-?(?:0|[1-9]\\d{0,15})(?:\\.\\d{1,16})?(?:[eE][+-]?\\d{1,2})?");

    static final Expr BOOLEAN = Expr.choice(Expr.text("true"), Expr.text("false"));
    static final Expr NULL = Expr.text("null");

    private static final Map<Integer, String> SHORT_ESCAPES = new TreeMap<>(Map.of(
            (int) '"',
            "\\\"",
            (int) '\\',
            "\\\\",
            (int) '\b',
            "\\b",
            (int) '\f',
            "\\f",
            (int) '\n',
            "\\n",
            (int) '\r',
            "\\r",
            (int) '\t',
            "\\t"));

    private JsonText() {}

    private static Expr hex(String members) {
        return RegexParser.whole("[" + members + "]");
    }

    static Expr quoted(Expr content) {
        return Expr.sequence(Expr.text("\""), content, Expr.text("\""));
    }

    static Expr string() {
        return quoted(Expr.many(CHARACTER));
    }

    static Expr object(Expr member) {
        return list("{", member, "}");
    }

    static Expr array(Expr element) {
        return list("[", element, "]");
    }

    private static Expr list(String open, Expr element, String close) {
        Expr more = Expr.many(Expr.sequence(COMMA, element));
        return Expr.sequence(Expr.text(open), Expr.optional(Expr.sequence(element, more)), Expr.text(close));
    }

    static Expr member(Expr key, Expr value) {
        return Expr.sequence(key, COLON, value);
    }

    /** The content of strings whose text matches; control characters without a short escape are left out. */
    static Expr escaped(Expr expr) {
        return switch (expr) {
            case Expr.Chars chars -> escaped(chars.set());
            case Expr.Literal literal ->
                Expr.sequence(literal.text()
                        .codePoints()
                        .mapToObj(codePoint -> escaped(CodePointSet.of(codePoint, codePoint)))
                        .toList());
            case Expr.Sequence sequence -> new Expr.Sequence(escaped(sequence.parts()));
            case Expr.Choice choice -> new Expr.Choice(escaped(choice.options()));
            case Expr.Repeat repeat -> Expr.repeat(escaped(repeat.part()), repeat.min(), repeat.max());
            case Expr.Call call -> call;
        };
    }

    private static List<Expr> escaped(List<Expr> all) {
        return all.stream().map(JsonText::escaped).toList();
    }

    private static Expr escaped(CodePointSet set) {
        List<Expr> options = new ArrayList<>();
        CodePointSet plain = set.and(PLAIN);
        if (!plain.isEmpty()) {
            options.add(new Expr.Chars(plain));
        }
        SHORT_ESCAPES.forEach((codePoint, escape) -> {
            if (set.contains(codePoint)) {
                options.add(Expr.text(escape));
            }
        });
        return Expr.choice(options);
    }

    /** Keys without escapes that are none of some names. */
    static Expr otherKey(Collection<String> names) {
        return quoted(other(names.stream()
                .filter(name -> name.codePoints().allMatch(PLAIN::contains))
                .sorted()
                .distinct()
                .toList()));
    }

    /** Plain texts that are none of these, which are sorted. */
    private static Expr other(List<String> names) {
        Expr anything = Expr.many(new Expr.Chars(PLAIN));
        if (names.isEmpty()) {
            return anything;
        }
        Map<Integer, List<String>> byFirst = new TreeMap<>();
        boolean hasEmpty = false;
        for (String name : names) {
            if (name.isEmpty()) {
                hasEmpty = true;
            } else {
                int first = name.codePointAt(0);
                byFirst.computeIfAbsent(first, key -> new ArrayList<>())
                        .add(name.substring(Character.charCount(first)));
            }
        }
        List<Expr> options = new ArrayList<>();
        CodePointSet free = PLAIN;
        for (var entry : byFirst.entrySet()) {
            int first = entry.getKey();
            free = free.minus(CodePointSet.of(first, first));
            options.add(Expr.sequence(Expr.chars(first, first), other(entry.getValue())));
        }
        options.add(Expr.sequence(new Expr.Chars(free), anything));
        if (!hasEmpty) {
            options.add(Expr.EMPTY);
        }
        return Expr.choice(options);
    }
}

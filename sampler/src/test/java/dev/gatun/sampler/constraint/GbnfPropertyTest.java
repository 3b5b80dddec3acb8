package dev.gatun.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.sampler.TokenFilter;
import dev.gatun.sampler.TokenTrie;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random grammars over two letters, against all texts up to some length, found by working out the rules. */
class GbnfPropertyTest {
    private static final int LENGTH = 9;
    private static final List<String> TOKENS = List.of("a", "b", "aa", "ab", "ba", "bb", "aab", "bab", "abba", "");

    /** Every call comes behind a letter, so nothing is left-recursive; every rule has an end. */
    private static String body(Random random, int rules) {
        StringBuilder body =
                new StringBuilder("\"" + "ab".charAt(random.nextInt(2)) + "\"" + (random.nextBoolean() ? "?" : ""));
        int options = 1 + random.nextInt(3);
        for (int i = 0; i < options; i++) {
            body.append(" | [").append(random.nextBoolean() ? "ab" : "a").append("] ");
            int parts = random.nextInt(3);
            for (int j = 0; j < parts; j++) {
                switch (random.nextInt(4)) {
                    case 0 -> body.append("\"b\" ");
                    case 1 -> body.append("(r").append(random.nextInt(rules)).append(" | \"a\") ");
                    case 2 -> body.append("r").append(random.nextInt(rules)).append(random.nextBoolean() ? "? " : " ");
                    default -> body.append("[ab]").append(random.nextBoolean() ? "{0,2} " : " ");
                }
            }
        }
        return body.toString();
    }

    private static String grammar(Random random) {
        int rules = 1 + random.nextInt(3);
        StringBuilder grammar = new StringBuilder("root ::= r0 | \"a\" r0 r0\n");
        for (int rule = 0; rule < rules; rule++) {
            grammar.append("r")
                    .append(rule)
                    .append(" ::= ")
                    .append(body(random, rules))
                    .append("\n");
        }
        return grammar.toString();
    }

    /** The texts of each rule up to {@link #LENGTH} letters: applied until nothing is new. */
    private static Set<String> language(Rules rules) {
        List<Set<String>> known = new ArrayList<>();
        for (int rule = 0; rule < rules.count(); rule++) {
            known.add(new HashSet<>());
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int rule = 0; rule < rules.count(); rule++) {
                changed |= known.get(rule).addAll(texts(rules.body(rule), known));
            }
        }
        return known.getFirst();
    }

    private static Set<String> texts(Expr expr, List<Set<String>> rules) {
        Set<String> texts = new HashSet<>();
        switch (expr) {
            case Expr.Chars chars -> {
                for (char letter : new char[] {'a', 'b'}) {
                    if (chars.set().contains(letter)) {
                        texts.add(String.valueOf(letter));
                    }
                }
            }
            case Expr.Literal literal -> texts.add(literal.text());
            case Expr.Choice choice -> choice.options().forEach(option -> texts.addAll(texts(option, rules)));
            case Expr.Sequence sequence -> {
                texts.add("");
                for (Expr part : sequence.parts()) {
                    Set<String> longer = join(texts, texts(part, rules));
                    texts.clear();
                    texts.addAll(longer);
                }
            }
            case Expr.Repeat repeat -> {
                Set<String> once = texts(repeat.part(), rules);
                Set<String> so = Set.of("");
                for (int i = 0; i <= Math.min(repeat.max(), LENGTH); i++) {
                    if (i >= repeat.min()) {
                        texts.addAll(so);
                    }
                    so = join(so, once);
                }
            }
            case Expr.Call call -> texts.addAll(rules.get(call.rule()));
        }
        return texts;
    }

    private static Set<String> join(Set<String> first, Set<String> second) {
        Set<String> joined = new HashSet<>();
        for (String one : first) {
            for (String two : second) {
                if (one.length() + two.length() <= LENGTH) {
                    joined.add(one + two);
                }
            }
        }
        return joined;
    }

    @Property(tries = 60)
    void masksAreWhatAllTextsSay(@ForAll long seed) {
        Random random = new Random(seed);
        String notation = grammar(random);
        Set<String> language = language(GbnfParser.parse(notation));
        Set<String> beginnings = new HashSet<>();
        for (String text : language) {
            for (int end = 0; end <= text.length(); end++) {
                beginnings.add(text.substring(0, end));
            }
        }
        TokenTrie trie = Texts.trie(TOKENS);
        TokenFilter filter = Grammar.gbnf(notation).begin(trie);
        String text = "";
        while (text.length() <= 4) {
            List<Integer> allowed = new ArrayList<>();
            for (int token = 0; token < TOKENS.size(); token++) {
                boolean isAllowed = Texts.isAllowed(filter, token);
                String longer = text + TOKENS.get(token);
                if (beginnings.contains(longer) && !TOKENS.get(token).isEmpty()) {
                    assertEquals(true, isAllowed, notation + longer);
                }
                if (isAllowed) {
                    allowed.add(token);
                }
                // what is allowed has an end, though it may be longer than the texts worked out here
                if (isAllowed && !beginnings.contains(longer)) {
                    assertEquals(
                            true, longer.length() > 3 && hasEnd(Grammar.gbnf(notation), longer), notation + longer);
                }
            }
            assertEquals(language.contains(text), filter.mayEnd(), notation + text);
            if (allowed.isEmpty()) {
                return;
            }
            int token = allowed.get(random.nextInt(allowed.size()));
            filter.accept(token);
            text += TOKENS.get(token);
        }
    }

    /** Whether some text of at most eight more letters ends what was begun. */
    private static boolean hasEnd(Grammar grammar, String begun) {
        for (int length = 0; length <= 8; length++) {
            for (int bits = 0; bits < 1 << length; bits++) {
                StringBuilder text = new StringBuilder(begun);
                for (int i = 0; i < length; i++) {
                    text.append((bits >> i & 1) == 0 ? 'a' : 'b');
                }
                if (Texts.matches(grammar, text.toString())) {
                    return true;
                }
            }
        }
        return false;
    }
}

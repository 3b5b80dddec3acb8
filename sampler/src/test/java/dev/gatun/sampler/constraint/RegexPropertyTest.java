package dev.gatun.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.sampler.TokenFilter;
import dev.gatun.sampler.TokenTrie;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random patterns: those made here are safe for {@code java.util.regex}, which is one of two witnesses. */
class RegexPropertyTest {
    private static final List<String> LETTERS = List.of("a", "b", "0", "é", "😀");

    @Provide
    Arbitrary<String> patterns() {
        Arbitrary<String> atom = Arbitraries.of(
                "a", "b", "0", "é", "😀", "[ab]", "[^a]", "\\d", "\\w", "[a-é]", "\\D", "[^\\w😀]", "ab", "");
        return Arbitraries.recursive(
                () -> atom,
                inner -> Arbitraries.oneOf(
                        inner.list().ofMinSize(2).ofMaxSize(3).map(parts -> String.join("", parts)),
                        inner.list().ofMinSize(2).ofMaxSize(3).map(parts -> "(" + String.join("|", parts) + ")"),
                        inner.map(part -> "(?:" + part + ")*"),
                        inner.map(part -> "(" + part + ")?"),
                        inner.map(part -> "(" + part + ")+"),
                        inner.map(part -> "(" + part + "){1,2}"),
                        inner.map(part -> "(" + part + "){2}")),
                3);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(LETTERS).list().ofMaxSize(7).map(parts -> String.join("", parts));
    }

    @Property(tries = 300)
    void matchesWhatOthersMatch(@ForAll("patterns") String pattern, @ForAll("texts") String text) {
        boolean expected = Pattern.compile(pattern).matcher(text).matches();
        assertEquals(expected, Derivative.matches(RegexParser.whole(pattern), text), pattern);
        assertEquals(expected, Texts.matches(Grammar.regex(pattern), text), pattern);
    }

    @Property(tries = 100)
    void findsWhatOthersFind(@ForAll("patterns") String pattern, @ForAll("texts") String text) {
        boolean expected = Pattern.compile(pattern).matcher(text).find();
        assertEquals(expected, Derivative.matches(RegexParser.search(pattern), text), pattern);
    }

    @Property(tries = 50)
    void masksAreWhatTryingEachTokenGives(@ForAll("patterns") String pattern, @ForAll long seed) {
        Random random = new Random(seed);
        List<String> tokens = new ArrayList<>(LETTERS);
        for (int i = 0; i < 150; i++) {
            int length = random.nextInt(5);
            tokens.add(String.join(
                    "",
                    random.ints(length, 0, LETTERS.size())
                            .mapToObj(LETTERS::get)
                            .toList()));
        }
        TokenTrie trie = Texts.trie(tokens);
        Expr expr = RegexParser.whole(pattern);
        TokenFilter filter = Grammar.regex(pattern).begin(trie);
        StringBuilder text = new StringBuilder();
        for (int step = 0; step < 4; step++) {
            List<Integer> allowed = new ArrayList<>();
            for (int token = 0; token < tokens.size(); token++) {
                String spelled = tokens.get(token);
                boolean expected = !spelled.isEmpty() && Derivative.begins(expr, text + spelled);
                assertEquals(expected, Texts.isAllowed(filter, token), () -> pattern + " after " + text);
                if (expected) {
                    allowed.add(token);
                }
            }
            assertEquals(Derivative.matches(expr, text.toString()), filter.mayEnd(), pattern);
            assertEquals(allowed.isEmpty(), filter.mustEnd(), pattern);
            if (allowed.isEmpty()) {
                assertTrue(filter.mayEnd(), pattern);
                return;
            }
            int chosen = allowed.get(random.nextInt(allowed.size()));
            filter.accept(chosen);
            text.append(tokens.get(chosen));
        }
    }
}

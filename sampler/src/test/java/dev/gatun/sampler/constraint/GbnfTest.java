package dev.gatun.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.sampler.TokenFilter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GbnfTest {
    /** The list, arithmetic and JSON grammars have the shape of those that llama.cpp ships. */
    private static final String ARITHMETIC = """
            root  ::= (expr "=" ws term "\\n")+
            expr  ::= term ([-+*/] term)*
            term  ::= ident | num | "(" ws expr ")" ws
            ident ::= [a-z] [a-z0-9_]* ws
            num   ::= [0-9]+ ws
            ws    ::= [ \\t\\n]*
            """;

    private static final String JSON = """
            # a value, white space where JSON allows it
            root   ::= value
            value  ::= object | array | string | number | ("true" | "false" | "null") ws
            object ::=
              "{" ws (
                string ":" ws value
                ("," ws string ":" ws value)*
              )? "}" ws
            array  ::= "[" ws ( value ("," ws value)* )? "]" ws
            string ::=
              "\\"" (
                [^"\\\\\\x7F\\x00-\\x1F] |
                "\\\\" (["\\\\bfnrt] | "u" [0-9a-fA-F]{4}) # escapes
              )* "\\"" ws
            number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
            ws ::= | " " | "\\n" [ \\t]{0,20}
            """;

    @ParameterizedTest
    @ValueSource(strings = {"a=1\n", "(a +b1 )*2=x\n", "1=2\n3=4\n", "((((1))))=1\n"})
    void readsArithmetic(String text) {
        assertTrue(Texts.matches(Grammar.gbnf(ARITHMETIC), text));
        assertFalse(Texts.matches(Grammar.gbnf(ARITHMETIC), text + "("));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a=", "a=1", "1a=2\n", "(a=1\n", "a)=1\n"})
    void refusesWhatIsNoArithmetic(String text) {
        assertFalse(Texts.matches(Grammar.gbnf(ARITHMETIC), text));
    }

    @Test
    void readsJson() {
        Grammar grammar = Grammar.gbnf(JSON);
        assertTrue(Texts.matches(grammar, "{\"a\": [1, 2.5e+1, {\"é\":\"\\u00e9\\n\"}], \"b\":null}"));
        assertFalse(Texts.begins(grammar, "{\"a\": [1,]"));
        assertFalse(Texts.begins(grammar, "{a"));
        assertFalse(Texts.matches(grammar, "[[]"));
        assertTrue(Texts.matches(grammar, "[".repeat(900) + "]".repeat(900)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "root ::= \"a\"{2,3}~aaa",
                "root ::= \"ab\"*~abab",
                "root ::= [^\\x00-\\x7F]+~é😀",
                "root ::= \"\\x41\\u00e9\\U0001F600\"~Aé😀",
                "root ::= [a\\]\\[\\\\-]+~a][\\-",
                "root ::= .~\uFFFD",
                "root ::= a-b_1\\na-b_1 ::= \"x\"~x",
                "root ::= (\"a\"\\n|\\n\"b\")~b",
                "root ::= \"a\" |\\n \"b\"~b",
                "root ::= \"a\" root \"b\" | \"\"~aaabbb",
                "root ::= \"a\" root | \"b\"~aaab",
                "root::=\"a\"*?+~aa",
                "# only\\nroot ::= x # x\\nx ::= \"1\"~1"
            })
    void matches(String grammar, String text) {
        assertTrue(Texts.matches(Grammar.gbnf(grammar.replace("\\n", "\n")), text), grammar);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "a ::= \"x\"~The grammar has no rule \"root\"",
                "root ::= a~The grammar is wrong at position 9: there is no rule \"a\"",
                "root ::= \"x\"\\nroot ::= \"y\"~The grammar is wrong at line 2, column 1: the rule \"root\" is defined twice",
                "root ::= \"x~The grammar is wrong at position 9: a literal is not closed",
                "root ::= [x~The grammar is wrong at position 9: a class is not closed",
                "root ::= []~The grammar is wrong at position 9: a class is empty",
                "root ::= (\"x\"~The grammar is wrong at position 9: a group is not closed",
                "root ::= \"x\" )~The grammar is wrong at position 13: the rule \"root\" does not go on with \")\"",
                "root = \"x\"~The grammar is wrong at position 5: ::= is expected",
                "root ::= * \"x\"~The grammar is wrong at position 9: there is nothing before \"*\"",
                "root ::= \"x\"{3,2}~The grammar is wrong at position 12: a repetition is written",
                "root ::= \"x\"{,2}~The grammar is wrong at position 12: a repetition is written",
                "root ::= \"\\q\"~The grammar is wrong at position 10: there is no escape \\q",
                "root ::= <think>~The grammar is wrong at position 9: references to tokens",
                "root ::= !<[1]>~The grammar is wrong at position 9: references to tokens",
                "root ::= [b-a]~The grammar is wrong at position 10: a range goes from \"b\" down to \"a\"",
                "::= x~The grammar is wrong at position 0: a rule's name is expected",
                "root ::= \"x\" root~The grammar matches no text at all",
                "root ::= root \"x\" | \"y\"~The grammar is left-recursive, which is not supported: rule root begins with root",
                "root ::= a\\na ::= \"x\"* b \"y\"\\nb ::= a | \"z\"~The grammar is left-recursive, which is not supported: rule",
            })
    void refusesGrammarsByName(String grammar, String reason) {
        String message = Texts.refusal(() -> Grammar.gbnf(grammar.replace("\\n", "\n")));
        assertTrue(message.startsWith(reason), message);
    }

    @Test
    void namesTheCycleOfLeftRecursion() {
        assertEquals(
                "The grammar is left-recursive, which is not supported: rule a begins with b, which begins with a before"
                        + " anything is read; write the repetition with * or put the recursion last.",
                Texts.refusal(() -> Grammar.gbnf("root ::= \"r\" a\na ::= b \"y\" | \"q\"\nb ::= \"x\"? a | \"z\"")));
    }

    @Test
    void ambiguityCostsLittle() {
        Grammar grammar = Grammar.gbnf("root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"a\" root root | \"d\"");
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertTrue(Texts.matches(grammar, "a".repeat(60) + "d" + "bc".repeat(30)));
            assertTrue(Texts.begins(grammar, "a".repeat(200) + "dddd"));
        });
    }

    @Test
    void endlessListsKeepNothing() {
        Grammar grammar = Grammar.gbnf("root ::= item\nitem ::= \"a\" item | \"b\"");
        TokenFilter filter = grammar.begin(Texts.BYTES);
        filter.accept('a');
        long[] mask = filter.allowed();
        for (int i = 0; i < 10_000; i++) {
            filter.accept('a');
        }
        assertEquals(mask, filter.allowed(), "the state is the same");
    }

    @Test
    void isNotNestedWithoutEnd() {
        Grammar grammar = Grammar.gbnf("root ::= \"[\" root \"]\" | \"x\"");
        TokenFilter filter = grammar.begin(Texts.BYTES);
        int depth = 0;
        while (Texts.isAllowed(filter, '[')) {
            filter.accept('[');
            depth++;
        }
        assertTrue(depth >= 900 && depth <= Automaton.MOST_DEPTH, "depth " + depth);
        filter.accept('x');
        for (int i = 0; i < depth; i++) {
            filter.accept(']');
        }
        assertTrue(filter.mustEnd() && filter.mayEnd());
    }

    @Test
    void followsForcedText() {
        List<String> tokens = List.of("{", "\"na", "\"name\"", "me", ":", ": ", "x", "y", "}");
        TokenFilter filter = Grammar.gbnf("root ::= \"{\\\"name\\\": \" (\"x\" | \"y\") \"}\"")
                .begin(Texts.trie(tokens));
        for (String expected : List.of("{", "\"name\"", ": ")) {
            assertEquals(tokens.indexOf(expected), filter.forced());
            filter.accept(filter.forced());
        }
        assertEquals(-1, filter.forced(), "there is a choice");
        filter.accept(tokens.indexOf("y"));
        assertEquals(tokens.indexOf("}"), filter.forced());
        filter.accept(filter.forced());
        assertEquals(-1, filter.forced());
        assertTrue(filter.mustEnd());
    }

    @Test
    void leavesOpenWhatALongerTokenMightSpell() {
        List<String> tokens = List.of("a", "ab", "abx", "x", "y");
        TokenFilter filter = Grammar.gbnf("root ::= \"ab\" [xy]").begin(Texts.trie(tokens));
        assertEquals(-1, filter.forced(), "abx may be what the model wants");
        filter.accept(0);
        assertEquals(-1, filter.forced(), "no token spells b alone");
    }

    @Test
    void forksGoTheirOwnWay() {
        TokenFilter one = Grammar.gbnf("root ::= \"a\" (\"b\" | \"c\")").begin(Texts.BYTES);
        one.accept('a');
        TokenFilter other = one.fork();
        one.accept('b');
        other.accept('c');
        assertTrue(one.mustEnd() && other.mustEnd());
    }
}

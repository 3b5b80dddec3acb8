package dev.gatun.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.sampler.TokenFilter;
import dev.gatun.sampler.TokenTrie;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Hostile input: whatever is written, it is compiled or refused in one sentence, soon; and so are the masks under it. */
class FuzzTest {
    private static final long MILLISECONDS = Long.getLong("gatun.fuzz.milliseconds", 1500);

    private static final List<String> REGEX = List.of(
            "a", "b", "é", "(", ")", "(?:", "[", "]", "^", "-", "\\", "\\d", "\\p{L}", "\\u{", "}", "{", "{2,5}",
            "{900}", ",", "*", "+", "?", "|", ".", "$", "(a|b)*a", "{1000}", "(?=", "\\1", "[^", "(?<n>", "😀",
            "\uD800");

    private static final List<String> GBNF = List.of(
            "root",
            " ::= ",
            "a",
            "b",
            "\n",
            "\"x\"",
            "\"",
            "[",
            "]",
            "[a-z]",
            "(",
            ")",
            "*",
            "+",
            "?",
            "{2,50}",
            "{",
            "}",
            "|",
            "#",
            "\\",
            ".",
            "root ::= a\n",
            "a ::= ",
            "b ::= \"x\" b | a a\n",
            " ",
            "\\x4",
            "<",
            "{5000}");

    private static final List<String> SCHEMA = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\"type\":",
            "\"string\"",
            "\"object\"",
            "\"array\"",
            "\"integer\"",
            "\"properties\":{",
            "\"a\":",
            "\"required\":[\"a\"]",
            "\"items\":",
            "\"minItems\":",
            "\"maxLength\":",
            "99",
            "-1.5e9",
            "\"$ref\":\"#\"",
            "\"anyOf\":[",
            "\"allOf\":[",
            "\"enum\":[",
            "\"pattern\":\"",
            "(a*)*b",
            "\"minimum\":",
            "null",
            "true",
            "\\u",
            "\\n",
            " ",
            "{\"type\":\"number\"}",
            "\"additionalProperties\":",
            "\"const\":",
            "\"format\":\"date\"");

    private static String mutated(Random random, List<String> seeds, List<String> parts) {
        StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? "" : seeds.get(random.nextInt(seeds.size())));
        int edits = 1 + random.nextInt(8);
        for (int i = 0; i < edits; i++) {
            int at = random.nextInt(text.length() + 1);
            if (random.nextInt(4) == 0 && text.length() > 0) {
                text.delete(Math.min(at, text.length() - 1), Math.min(text.length(), at + 1 + random.nextInt(4)));
            } else {
                text.insert(at, parts.get(random.nextInt(parts.size())));
            }
        }
        return text.toString();
    }

    private static void fuzz(Function<String, Grammar> parse, List<String> seeds, List<String> parts) {
        Random random = new Random(MILLISECONDS);
        byte[][] tokens = new byte[700][];
        for (int token = 0; token < tokens.length; token++) {
            tokens[token] = token < 256
                    ? new byte[] {(byte) token}
                    : mutated(random, List.of("ab", "{\"a\":"), parts).getBytes(StandardCharsets.UTF_8);
        }
        TokenTrie trie = TokenTrie.of(tokens.length, token -> tokens[token]);
        long end = System.nanoTime() + MILLISECONDS * 1_000_000;
        int compiled = 0;
        int refused = 0;
        while (System.nanoTime() < end) {
            String text = mutated(random, seeds, parts);
            long begin = System.nanoTime();
            try {
                walk(parse.apply(text).begin(trie), random);
                compiled++;
            } catch (InvalidConstraintException e) {
                refused++;
                String message = Objects.requireNonNull(e.getMessage());
                assertTrue(message.startsWith("The ") && message.endsWith("."), message);
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(text, e);
            }
            long milliseconds = (System.nanoTime() - begin) / 1_000_000;
            assertTrue(milliseconds < 20_000, () -> milliseconds + " ms: " + text);
        }
        int sum = compiled;
        int others = refused;
        assertTrue(sum > 0 && others > 0, () -> sum + " compiled, " + others + " refused");
    }

    private static void walk(TokenFilter filter, Random random) {
        for (int step = 0; step < 10 && !filter.mustEnd(); step++) {
            long[] mask = filter.allowed();
            int word = random.nextInt(mask.length);
            for (int i = 0; i < mask.length && mask[word] == 0; i++) {
                word = (word + 1) % mask.length;
            }
            if (mask[word] == 0) {
                return;
            }
            filter.forced();
            filter.accept(word * 64 + Long.numberOfTrailingZeros(mask[word]));
        }
    }

    @Test
    void regularExpressions() {
        fuzz(Grammar::regex, List.of("(a|b)*a(a|b){8}", "[a-z]+\\.\\d{2,4}", "((a?){9}){9}"), REGEX);
    }

    @Test
    void grammars() {
        fuzz(
                Grammar::gbnf,
                List.of(
                        "root ::= \"a\" root \"b\" | [a-c]*",
                        "root ::= a b\na ::= \"x\"?\nb ::= (a \"y\")* | \"z\" b b"),
                GBNF);
    }

    @Test
    void schemas() {
        fuzz(
                Grammar::jsonSchema,
                List.of(
                        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}}}",
                        "{\"anyOf\":[{\"type\":\"string\",\"maxLength\":9},{\"type\":\"number\",\"minimum\":1.5}]}"),
                SCHEMA);
    }
}

package dev.gatun.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.sampler.TokenFilter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "abc~abc",
                "a|bc~bc",
                "(a|b)*c~abbac",
                "^a$~a",
                "^a$|^b~b",
                "[a-c]+~cab",
                "[^a-c]~z",
                "[^a-c]~é",
                "[\\--]~-",
                "[\\]-]~]",
                "[a\\-z]~-",
                "[+--]~,",
                "\\d{2,3}~123",
                "\\w+~a_Z9",
                "\\s~\t",
                "\\D\\W\\S~é!x",
                "a{0}~",
                "a{2,}~aaaaa",
                "x*?y+?z??~xxyyz",
                "(?:a)(?<n>b)(?P<m>c)~abc",
                "\\x41\\u0042\\u{43}\\u{1F600}\\uD83D\\uDE00~ABC😀😀",
                ".~😀",
                "\\.\\*\\/\\-~.*/-",
                "\\p{Lu}\\p{L}\\pN\\P{L}~Éé5-",
                "[\\d\\s]+~1 2",
                "[[:x]~[",
                "~",
                "()~",
                "a||b~",
                "[\\b]~\b",
            })
    void matches(String pattern, String text) {
        assertTrue(
                Texts.matches(Grammar.regex(pattern == null ? "" : pattern), text == null ? "" : text),
                () -> pattern + " ~ " + text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "abc~ab",
                "abc~abcd",
                "a|bc~ac",
                "[a-c]~d",
                "[^a-c]~b",
                "\\d~٣",
                "\\w~é",
                ".~\u2028",
                "\\p{Lu}~a",
                "a{2,3}~a",
                "a{2,3}~aaaa",
                "^a|b$~ab"
            })
    void refusesTexts(String pattern, String text) {
        assertFalse(Texts.matches(Grammar.regex(pattern), text), () -> pattern + " ~ " + text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "(a)\\1~3: back references are not supported",
                "(?<x>a)\\k<x>~7: back references",
                "a(?=b)~1: look-ahead",
                "a(?!b)~1: look-ahead",
                "(?<=a)b~0: look-behind",
                "(?<!a)b~0: look-behind",
                "(?>a)~0: atomic groups",
                "(?i)a~0: flags",
                "a\\b~1: word boundaries",
                "a\\B~1: word boundaries",
                "\\Aa~0: the anchors",
                "a++~1: possessive",
                "a**~2: a quantifier follows",
                "*a~0: there is nothing before \"*\"",
                "(a~0: a group is not closed",
                "a)~1: a ) closes no group",
                "[a~0: a class is not closed",
                "[]~0: a class is empty",
                "[b-a]~1: a range goes from \"b\" down to \"a\"",
                "[\\d-z]~1: a range ends with a class",
                "[[:alpha:]]~1: POSIX classes",
                "a{3,2}~1: a repetition goes from 3 down to 2",
                "a{~1: a { begins no repetition",
                "a{x}~1: a { begins no repetition",
                "a{999999999999}~2: a number is above 100000",
                "a}~1: \"}\" has a meaning",
                "(^a)~1: anchors are supported only",
                "a$b~1: a $ stands before something",
                "\\q~0: there is no escape \\q",
                "a\\~1: a backslash stands at the end",
                "\\x4~2: 2 hexadecimal digits",
                "\\u{}~0: \\u{",
                "\\u{110000}~3: there is no code point 110000",
                "\\01~0: octal",
                "\\p{Greek}~0: the property \"Greek\"",
                "\\p{L~0: a property does not end with }",
            })
    void refusesPatternsByName(String pattern, String reason) {
        String message = Texts.refusal(() -> Grammar.regex(pattern));
        assertTrue(message.startsWith("The regular expression is wrong at position " + reason), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a{1000}){1000}",
                "((((a{100}){100}){100}){100}){100}",
                "(((){1000}){1000}){1000}",
                "(a?){5000}",
                "\\p{L}{20000}",
                "(a|b|c|d){100000}"
            })
    void refusesWhatIsTooLargeQuickly(String pattern) {
        String message =
                assertTimeoutPreemptively(Duration.ofSeconds(5), () -> Texts.refusal(() -> Grammar.regex(pattern)));
        assertTrue(message.contains("too large"), message);
    }

    @Test
    void refusesDeepNesting() {
        String pattern = "(".repeat(100_000) + ")".repeat(100_000);
        assertTrue(Texts.refusal(() -> Grammar.regex(pattern)).contains("at most 65536"));
        String shorter = "(".repeat(300) + "a" + ")".repeat(300);
        assertTrue(Texts.refusal(() -> Grammar.regex(shorter)).contains("nested more than 200 deep"));
    }

    @Test
    void refusesWhatMatchesNothing() {
        assertEquals(
                "The regular expression matches no text at all; give it a way to end.",
                Texts.refusal(() -> Grammar.regex("a[^\\s\\S]")));
    }

    @Test
    void readsOnlyValidUtf8() {
        Grammar any = Grammar.regex("[\\s\\S]*");
        assertNull(Texts.after(any, new byte[] {(byte) 0x80}));
        assertNull(Texts.after(any, new byte[] {(byte) 0xC0}));
        assertNull(Texts.after(any, new byte[] {(byte) 0xC1}));
        assertNull(Texts.after(any, new byte[] {(byte) 0xE0, (byte) 0x80}));
        assertNull(Texts.after(any, new byte[] {(byte) 0xED, (byte) 0xA0}), "a surrogate");
        assertNull(Texts.after(any, new byte[] {(byte) 0xF0, (byte) 0x8F}));
        assertNull(Texts.after(any, new byte[] {(byte) 0xF4, (byte) 0x90}));
        assertNull(Texts.after(any, new byte[] {(byte) 0xF5}));
        TokenFilter half = Texts.after(any, new byte[] {(byte) 0xF4, (byte) 0x8F});
        assertNotNull(half);
        assertFalse(half.mayEnd());
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint += codePoint < 0x900 ? 1 : 257) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                assertTrue(Texts.matches(any, Character.toString(codePoint)), Integer.toHexString(codePoint));
            }
        }
    }

    @Test
    void doesNotGoOnWhereNoEndCanBeReached() {
        Grammar grammar = Grammar.regex("a(b[^\\s\\S]|c)");
        assertFalse(Texts.begins(grammar, "ab"));
        assertTrue(Texts.begins(grammar, "ac"));
    }
}

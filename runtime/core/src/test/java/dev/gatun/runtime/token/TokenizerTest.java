package dev.gatun.runtime.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.PromptSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TokenizerTest {
    private static final List<String> MERGES =
            List.of("h e", "l l", "he ll", "hell o", "\u0120 w", "\u0120w o", "a a", "aa aa", "\u00C3 \u00A9");
    private static final List<String> CONTROL = List.of("<|im_start|>", "<|im_end|>", "<|im_end|>x", "<eos>");
    private static final List<String> ADDED = List.of("  ", "[tool]");

    private static final Tokenizer TOKENIZER = file().tokenizer();
    private static final int END_OF_TURN = 256 + MERGES.size() + 1;

    private static VocabularyFile file() {
        return VocabularyFile.bytePairs(MERGES, CONTROL, ADDED);
    }

    @Test
    void joinsPairsInTheOrderOfTheMerges() {
        assertArrayEquals(new String[] {"hello", " wo", "r", "l", "d"}, pieces("hello world", false));
        assertArrayEquals(new String[] {"aaaa", "aa", "a"}, pieces("aaaaaaa", false));
        assertArrayEquals(new String[] {"\u00E9"}, pieces("\u00E9", false));
        assertArrayEquals(new int[0], TOKENIZER.encode("", true));
    }

    @Test
    void findsControlTokensOnlyWhenAsked() {
        assertArrayEquals(new String[] {"<|im_start|>", "a", "<|im_end|>"}, pieces("<|im_start|>a<|im_end|>", true));
        for (int id : TOKENIZER.encode("<|im_start|>a<|im_end|>", false)) {
            assertFalse(TOKENIZER.isControl(id));
        }
    }

    @Test
    void findsUserDefinedTokensAlwaysAndTheLongestFirst() {
        assertArrayEquals(new String[] {"a", "  ", " ", "[tool]"}, pieces("a   [tool]", false));
        assertArrayEquals(new String[] {"<|im_end|>x"}, pieces("<|im_end|>x", true));
    }

    @Test
    void neverMakesAControlTokenOfUntrustedText() {
        String text = "<|im_end|>";
        int[] plain = TOKENIZER.encode(text, false);
        assertArrayEquals(new int[] {END_OF_TURN}, TOKENIZER.encode(List.of(new PromptSpan(text, true))));
        assertArrayEquals(plain, TOKENIZER.encode(List.of(new PromptSpan(text, false))));
        for (int cut = 1; cut < text.length(); cut++) {
            PromptSpan[] straddling = {
                new PromptSpan(text.substring(0, cut), true), new PromptSpan(text.substring(cut), false)
            };
            assertArrayEquals(plain, TOKENIZER.encode(List.of(straddling)), "trusted up to " + cut);
            assertArrayEquals(
                    plain,
                    TOKENIZER.encode(List.of(
                            new PromptSpan(text.substring(0, cut), false), new PromptSpan(text.substring(cut), true))),
                    "trusted from " + cut);
            assertArrayEquals(
                    new int[] {END_OF_TURN},
                    TOKENIZER.encode(List.of(
                            new PromptSpan(text.substring(0, cut), true), new PromptSpan(text.substring(cut), true))));
        }
        assertArrayEquals(
                new int[] {END_OF_TURN, TOKENIZER.encode("x", false)[0]},
                TOKENIZER.encode(List.of(new PromptSpan(text, true), new PromptSpan("x", false))),
                "the longer control token would reach into untrusted text");
    }

    @Property(tries = 500)
    void bordersOfSpansChangeNoToken(@ForAll long seed) {
        Random random = new Random(seed);
        List<PromptSpan> spans = new ArrayList<>();
        StringBuilder whole = new StringBuilder();
        for (int i = random.nextInt(8); i >= 0; i--) {
            String text = text(random);
            spans.add(new PromptSpan(text, false));
            whole.append(text);
        }
        assertArrayEquals(TOKENIZER.encode(whole.toString(), false), TOKENIZER.encode(spans));
        List<PromptSpan> trusted =
                spans.stream().map(span -> new PromptSpan(span.text(), true)).toList();
        assertArrayEquals(TOKENIZER.encode(whole.toString(), true), TOKENIZER.encode(trusted));
    }

    @Property(tries = 1000)
    void decodesWhatItEncoded(@ForAll String text) {
        StringBuilder wellFormed = new StringBuilder();
        text.codePoints().forEach(c -> wellFormed.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 0xFFFD : c));
        assertEquals(wellFormed.toString(), TOKENIZER.decode(TOKENIZER.encode(text, false), true));
    }

    @Test
    void roundTripsEveryCodePoint() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            String text = new String(Character.toChars(point));
            String expected = Character.getType(point) == Character.SURROGATE ? "\uFFFD" : text;
            assertEquals(expected, TOKENIZER.decode(TOKENIZER.encode(text, true), false));
        }
    }

    @Test
    void spellsBytesThatAreNoCharacter() {
        int[] bytes = TOKENIZER.encode("\u20AC", false);
        assertEquals(3, bytes.length);
        assertEquals("\uFFFD", TOKENIZER.piece(bytes[0]));
        assertEquals("\uFFFD", TOKENIZER.decode(new int[] {bytes[0], bytes[1]}, false));
        byte[] target = new byte[1];
        assertEquals(1, TOKENIZER.bytes(bytes[0], target));
        assertEquals((byte) 0xE2, target[0]);
        assertEquals(10, TOKENIZER.bytes(END_OF_TURN, target), "says how much there is though only a part fits");
    }

    @Test
    void addsBeginAndEndAsTheFileSays() {
        int end = END_OF_TURN;
        Tokenizer both = file().with("bos_token_id", end - 1)
                .with("eos_token_id", end)
                .with("add_bos_token", true)
                .with("add_eos_token", true)
                .tokenizer();
        assertArrayEquals(new int[] {end - 1, both.encode("a", false)[0], end}, both.encode("a", false, true));
        assertArrayEquals(new int[] {end - 1, end}, both.encode("", false, true));
        Tokenizer llama3 =
                file().with("pre", "llama-bpe").with("bos_token_id", end - 1).tokenizer();
        assertEquals(2, llama3.encode("a", false, true).length);
        Tokenizer llama3Without = file().with("pre", "llama-bpe")
                .with("bos_token_id", end - 1)
                .with("add_bos_token", false)
                .tokenizer();
        assertEquals(1, llama3Without.encode("a", false, true).length);
    }

    @Test
    void takesWholeWordsForLlama3() {
        // "hel" is a token but no merge makes it.
        VocabularyFile file = VocabularyFile.bytePairs(List.of("h e"), List.of(), List.of());
        String[] tokens = file.metadata().strings("tokenizer.ggml.tokens").toArray(String[]::new);
        String[] more = java.util.Arrays.copyOf(tokens, tokens.length + 1);
        more[tokens.length] = "hel";
        file.with("tokens", more).without("token_type");
        assertEquals(2, file.tokenizer().encode("hel", false).length);
        assertEquals(1, file.with("pre", "llama-bpe").tokenizer().encode("hel", false).length);
    }

    @Test
    void endsGenerationAtEveryKnownText() {
        Tokenizer tokenizer = file().with("eot_token_id", 5).tokenizer();
        assertArrayEquals(new int[] {5, END_OF_TURN, END_OF_TURN + 2}, tokenizer.endOfGeneration());
        Tokenizer text = VocabularyFile.bytePairs(List.of("< /", "s >", "</ s>"), List.of(), List.of())
                .tokenizer();
        assertArrayEquals(new int[0], text.endOfGeneration(), "a token of text ends nothing");
        Tokenizer sloppy = VocabularyFile.bytePairs(List.of(), List.of(), List.of("<|im_end|>"))
                .tokenizer();
        assertArrayEquals(new int[] {256}, sloppy.endOfGeneration());
        assertTrue(sloppy.isControl(256));
        assertEquals(10, sloppy.encode("<|im_end|>", false).length, "user text does not end the turn");
        Tokenizer harmony = VocabularyFile.bytePairs(List.of(), List.of("<|end|>", "<|return|>", "<|call|>"), List.of())
                .tokenizer();
        assertArrayEquals(new int[] {257, 258}, harmony.endOfGeneration());
    }

    @Test
    void tokenizesOneLongWordInTimeNotQuadratic() {
        String letters = "a".repeat(1 << 20);
        assertTimeout(Duration.ofSeconds(2), () -> assertEquals(1 << 18, TOKENIZER.encode(letters, true).length));
        String mixed = "hello".repeat(200_000) + "<".repeat(100_000);
        assertTimeout(Duration.ofSeconds(2), () -> assertEquals(300_000, TOKENIZER.encode(mixed, true).length));
    }

    @Test
    void joinsLongWordsAsItJoinsShortOnes() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            StringBuilder word = new StringBuilder();
            for (int k = random.nextInt(200); k >= 0; k--) {
                word.append("heloa".charAt(random.nextInt(5)));
            }
            assertEquals(naive(word.toString()), List.of(pieces(word.toString(), false)));
        }
    }

    @Test
    void refusesTokensThatAreNotThere() {
        assertThrows(InvalidInputException.class, () -> TOKENIZER.piece(-1));
        assertThrows(InvalidInputException.class, () -> TOKENIZER.decode(new int[] {1 << 30}, true));
        assertThrows(InvalidInputException.class, () -> TOKENIZER.isControl(TOKENIZER.vocabularySize()));
    }

    private static List<String> naive(String word) {
        List<String> symbols = new ArrayList<>();
        word.chars().forEach(c -> symbols.add(String.valueOf((char) c)));
        while (true) {
            int rank = Integer.MAX_VALUE;
            int best = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int found = MERGES.indexOf(symbols.get(i) + " " + symbols.get(i + 1));
                if (found >= 0 && found < rank) {
                    rank = found;
                    best = i;
                }
            }
            if (best < 0) {
                return symbols;
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }

    private static String[] pieces(String text, boolean special) {
        int[] ids = TOKENIZER.encode(text, special);
        String[] pieces = new String[ids.length];
        for (int i = 0; i < ids.length; i++) {
            pieces[i] = TOKENIZER.piece(ids[i]);
        }
        return pieces;
    }

    private static String text(Random random) {
        String[] parts = {
            "he", "llo", " ", "w", "<|im_", "start|>", "end|>", "x", "[to", "ol]", "\uD83D", "\uDE00", "'", "s"
        };
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }
}

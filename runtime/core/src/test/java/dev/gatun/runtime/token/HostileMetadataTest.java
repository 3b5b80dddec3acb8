package dev.gatun.runtime.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.InvalidInputException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileMetadataTest {
    private static VocabularyFile file() {
        return VocabularyFile.bytePairs(List.of("a b"), List.of("<s>"), List.of());
    }

    @Test
    void namesTheKeyTheValueAndTheExpectation() {
        refuses(file().without("model"), "tokenizer.ggml.model");
        refuses(file().with("model", "magic"), "tokenizer.ggml.model is 'magic'; supported: gpt2");
        refuses(file().without("pre"), "tokenizer.ggml.pre", "smollm");
        refuses(file().with("pre", "unheard"), "tokenizer.ggml.pre is 'unheard'; supported: ", "qwen2");
        refuses(file().without("tokens"), "tokenizer.ggml.tokens");
        refuses(file().with("tokens", new String[0]), "tokenizer.ggml.tokens");
        refuses(file().with("tokens", 7), "tokenizer.ggml.tokens");
        refuses(file().without("merges"), "tokenizer.ggml.merges");
        refuses(file().with("token_type", new int[] {1, 1}), "tokenizer.ggml.token_type has 2", "258");
        refuses(file().with("bos_token_id", 258), "tokenizer.ggml.bos_token_id is 258", "0 to 257");
        refuses(file().with("eos_token_id", -1), "tokenizer.ggml.eos_token_id is -1");
        refuses(file().with("eot_token_id", 1 << 30), "tokenizer.ggml.eot_token_id");
        refuses(file().with("padding_token_id", 999), "tokenizer.ggml.padding_token_id");
        refuses(file().with("add_bos_token", true), "tokenizer.ggml.add_bos_token", "bos_token_id");
    }

    @Test
    void refusesMergesThatAreNone() {
        for (String merge : List.of("ab", "", " ", " a", "a ", "a b c", "a  b")) {
            refuses(file().with("merges", new String[] {merge}), "tokenizer.ggml.merges[0] is '" + merge + "'");
        }
        for (String merge : List.of("a c", "zz b", "a \u4E2D")) {
            refuses(file().with("merges", new String[] {"a b", merge}), "tokenizer.ggml.merges[1] is '" + merge + "'");
        }
    }

    @Test
    void refusesTokensTooLong() {
        refuses(file().with("tokens", new String[] {"a".repeat(70_000)}).without("token_type"), "tokens[0] has 70000");
        refuses(
                VocabularyFile.bytePairs(List.of(), List.of("a".repeat(2000)), List.of()),
                "tokenizer.ggml.tokens[256] has 2000");
    }

    @Test
    void takesEmptyAndDoubleTokens() {
        Tokenizer tokenizer = file().with("tokens", new String[] {"", "a", "b", "ab", "a", "", "<s>"})
                .with("token_type", new int[] {1, 1, 1, 1, 1, 3, 3})
                .tokenizer();
        assertArrayEquals(new int[] {3, 1}, tokenizer.encode("aba", true));
        assertArrayEquals(new int[] {6}, tokenizer.encode("<s>", true));
        assertEquals("ab", tokenizer.decode(new int[] {0, 3, 5}, true));
    }

    @Test
    void neverMergesIntoAControlToken() {
        VocabularyFile file =
                file().with("tokens", new String[] {"a", "b", "ab"}).with("token_type", new int[] {1, 1, 3});
        refuses(file, "tokenizer.ggml.merges[0] is 'a b'");
    }

    @Test
    void refusesBadScoresAndByteTokens() {
        refuses(spm("a").without("scores"), "tokenizer.ggml.scores");
        refuses(spm("a").with("scores", new float[] {1}), "tokenizer.ggml.scores has 1 entries, expected 2");
        refuses(spm("a").with("scores", new float[] {1, Float.NaN}), "tokenizer.ggml.scores[1] is NaN");
        for (String text : List.of("<0x-1>", "<0xF>", "<0xff>", "<0x100>", "0xFF", "<0x+1>")) {
            refuses(spm(text).with("token_type", new int[] {2, 6}), "tokenizer.ggml.tokens[1]", text);
        }
        assertArrayEquals(
                new int[] {1},
                spm("<0x0A>").with("token_type", new int[] {2, 6}).tokenizer().encode("\n", true));
    }

    private static VocabularyFile spm(String text) {
        return new VocabularyFile()
                .with("model", "llama")
                .with("tokens", new String[] {"<unk>", text})
                .with("scores", new float[] {0, 0})
                .with("token_type", new int[] {2, 1})
                .with("add_space_prefix", false);
    }

    @Test
    void givesAClearErrorOrAWorkingTokenizerForAnything() {
        Random random = new Random(11);
        int working = 0;
        for (int i = 0; i < 3000; i++) {
            VocabularyFile file = random.nextBoolean() ? file() : spm("a");
            for (int k = random.nextInt(4); k >= 0; k--) {
                mutate(file, random);
            }
            try {
                Tokenizer tokenizer = file.tokenizer();
                working++;
                int[] ids = tokenizer.encode("<s>a b ab\u4E2D\uD800<0x0A> aab</s>", random.nextBoolean(), true);
                String text = tokenizer.decode(ids, true);
                assertTrue(text.length() <= 4096);
                assertEquals(tokenizer.decode(ids, false), DetokenizerTest.stream(tokenizer, ids));
            } catch (InvalidInputException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("tokenizer.ggml."), e.getMessage());
            }
        }
        assertTrue(working > 300, "working: " + working);
    }

    private static void mutate(VocabularyFile file, Random random) {
        String[] words = {
            "a", "b", "ab", "a b", "", " ", "<s>", "</s>", "<0x0A>", "<0x-1>", "\u2581", "\u0120", "\uD83D\uDE00"
        };
        String[] keys = {"bos_token_id", "eos_token_id", "eot_token_id", "unknown_token_id", "padding_token_id"};
        int size = random.nextInt(6);
        String[] texts = new String[size];
        int[] numbers = new int[size];
        float[] scores = new float[size];
        for (int i = 0; i < size; i++) {
            texts[i] = words[random.nextInt(words.length)];
            numbers[i] = random.nextInt(9) - 1;
            scores[i] = random.nextInt(20) == 0 ? Float.NaN : random.nextInt(3) - 1;
        }
        switch (random.nextInt(8)) {
            case 0 -> file.with(keys[random.nextInt(keys.length)], random.nextInt(5) - 1);
            case 1 -> file.with("tokens", texts).with("token_type", numbers).with("scores", scores);
            case 2 -> file.with("token_type", numbers);
            case 3 -> file.with("scores", scores);
            case 4 -> file.with("merges", texts);
            case 5 -> file.with("add_bos_token", random.nextBoolean()).with("bos_token_id", 0);
            case 6 -> file.with("pre", List.of("falcon", "tekken", "viking").get(random.nextInt(3)));
            default -> file.without("token_type").without("merges");
        }
    }

    private static void refuses(VocabularyFile file, String... parts) {
        String message = String.valueOf(
                assertThrows(InvalidInputException.class, file::tokenizer).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}

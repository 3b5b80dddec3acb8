package dev.gatun.sampler.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.sampler.TokenFilter;
import dev.gatun.sampler.TokenTrie;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks equal what trying each token byte by byte gives, in all places of a text. */
class MaskTest {
    private static final List<String> PIECES = List.of(
            "a", "Z", " ", "7", "é", "😀", "\u2603", "\"", "\\", "n", "u00", "{", "}", "[", "]", ":", ",", "\n", "\t",
            "\u007f");

    /** All bytes, texts of pieces, halves of characters, and texts longer than {@link PlainText#MOST_CHARACTERS}. */
    private static byte[][] tokens(Random random) {
        List<byte[]> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        for (int i = 0; i < 600; i++) {
            int plain = random.nextInt(3) == 0 ? PIECES.size() : 7;
            int length = 1 + random.nextInt(random.nextInt(8) == 0 ? 25 : 5);
            String text = String.join(
                    "", random.ints(length, 0, plain).mapToObj(PIECES::get).toList());
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int from = random.nextInt(6) == 0 ? random.nextInt(bytes.length) : 0;
            int to = random.nextInt(6) == 0 ? from + random.nextInt(bytes.length - from) : bytes.length;
            tokens.add(java.util.Arrays.copyOfRange(bytes, from, to));
        }
        return tokens.toArray(byte[][]::new);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":\"object\"}",
                "{\"type\":\"string\",\"maxLength\":3}",
                "{\"type\":\"string\",\"minLength\":2,\"maxLength\":40}",
                "{\"type\":\"string\",\"pattern\":\"^[^a]*$\"}",
                "{\"type\":\"string\",\"pattern\":\"a\"}",
                "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"maxLength\":18}}",
                "{\"properties\":{\"a\":{\"type\":\"string\"},\"aa\":{\"type\":\"integer\"}},\"additionalProperties\":true}"
            })
    void masksAreWhatTryingEachTokenGives(String schema) {
        Random random = new Random(schema.hashCode());
        byte[][] tokens = tokens(random);
        TokenTrie trie = TokenTrie.of(tokens.length, token -> tokens[token]);
        Grammar grammar = Grammar.jsonSchema(schema);
        for (int text = 0; text < 4; text++) {
            TokenFilter filter = grammar.begin(trie);
            var said = new ByteArrayOutputStream();
            for (int step = 0; step < 12; step++) {
                List<Integer> allowed = new ArrayList<>();
                TokenFilter bytes = Texts.after(Grammar.jsonSchema(schema), said.toByteArray());
                for (int token = 0; token < tokens.length; token++) {
                    boolean expected =
                            tokens[token].length > 0 && bytes != null && follows(bytes.fork(), tokens[token]);
                    assertEquals(
                            expected,
                            Texts.isAllowed(filter, token),
                            said + " + " + new String(tokens[token], StandardCharsets.UTF_8));
                    if (expected) {
                        allowed.add(token);
                    }
                }
                if (allowed.isEmpty()) {
                    break;
                }
                int token = allowed.get(random.nextInt(allowed.size()));
                filter.accept(token);
                said.writeBytes(tokens[token]);
            }
        }
    }

    private static boolean follows(TokenFilter bytes, byte[] token) {
        for (byte value : token) {
            try {
                bytes.accept(value & 0xFF);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
        return true;
    }
}

package dev.gatun.runtime.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.runtime.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DetokenizerTest {
    private static final Tokenizer TOKENIZER = VocabularyFile.bytePairs(
                    List.of("\u00F0 \u0141", "\u00E2 \u0124", "\u00ED \u0142", "a \u00E2"),
                    List.of("<|im_end|>"),
                    List.of("[a]"))
            .tokenizer();

    @Property(tries = 5000)
    void givesTheTextOfTheWhole(@ForAll long seed) {
        Random random = new Random(seed);
        int[] leads = {0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5, 0xFF};
        int[] follows = {0x80, 0x82, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 'a'};
        int[] tokens = new int[random.nextInt(12)];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = switch (random.nextInt(4)) {
                case 0 -> ofByte(leads[random.nextInt(leads.length)]);
                case 1 -> random.nextInt(TOKENIZER.vocabularySize());
                default -> ofByte(follows[random.nextInt(follows.length)]);
            };
        }
        assertEquals(TOKENIZER.decode(tokens, false), stream(TOKENIZER, tokens));
    }

    @Test
    void keepsBackWhatIsNotWhole() {
        int[] euro = TOKENIZER.encode("\u20AC", false);
        Detokenizer detokenizer = new Detokenizer(TOKENIZER);
        StringBuilder out = new StringBuilder();
        Detokenizer.Sink sink =
                (bytes, offset, length) -> out.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
        for (int i = 0; i < euro.length; i++) {
            assertEquals("", out.toString());
            detokenizer.accept(euro[i], sink);
        }
        assertEquals("\u20AC", out.toString());
        detokenizer.accept(euro[0], sink);
        detokenizer.finish(sink);
        assertEquals("\u20AC\uFFFD", out.toString());
        detokenizer.finish(sink);
        assertEquals("\u20AC\uFFFD", out.toString());
    }

    @Test
    void refusesTokensThatAreNotThere() {
        Detokenizer detokenizer = new Detokenizer(TOKENIZER);
        assertThrows(InvalidInputException.class, () -> detokenizer.accept(-1, (bytes, offset, length) -> {}));
    }

    static String stream(Tokenizer tokenizer, int[] tokens) {
        Detokenizer detokenizer = new Detokenizer(tokenizer);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Detokenizer.Sink sink = (bytes, offset, length) -> {
            byte[] piece = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
            String text = new String(piece, StandardCharsets.UTF_8);
            assertEquals(-1, java.util.Arrays.mismatch(piece, text.getBytes(StandardCharsets.UTF_8)), "not whole");
            assertFalse(text.isEmpty());
            all.writeBytes(piece);
        };
        for (int token : tokens) {
            detokenizer.accept(token, sink);
        }
        detokenizer.finish(sink);
        return all.toString(StandardCharsets.UTF_8);
    }

    private static int ofByte(int value) {
        for (int id = 0; id < 256; id++) {
            byte[] bytes = TOKENIZER.bytes(id);
            if (bytes.length == 1 && (bytes[0] & 0xFF) == value) {
                return id;
            }
        }
        throw new AssertionError(value);
    }
}

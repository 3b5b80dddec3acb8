package dev.gatun.runtime.token;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gatun.runtime.TestData;
import dev.gatun.runtime.gguf.GgufFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real vocabularies against the ids that their own tokenizers gave. */
class VocabularyVectorsTest {
    private static final Pattern BORDER = Pattern.compile("\n__ggml_vocab_test__\n", Pattern.LITERAL);

    static Tokenizer open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return Tokenizer.of(GgufFile.open(path, arena).metadata());
        }
    }

    static Tokenizer vocabulary(String name) {
        return open(TestData.shared("vocab/ggml-vocab-" + name + ".gguf"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "llama-bpe", "qwen2", "starcoder", "deepseek-llm", "falcon"})
    void givesThePublishedTokens(String name) throws IOException {
        Tokenizer tokenizer = vocabulary(name);
        String[] texts = BORDER.split(Files.readString(TestData.shared("vocab/ggml-vocab-" + name + ".gguf.inp")), -1);
        List<String> lines = Files.readAllLines(TestData.shared("vocab/ggml-vocab-" + name + ".gguf.out"));
        assertEquals(texts.length - 1, lines.size(), "each text ends with a border");
        for (int i = 0; i < lines.size(); i++) {
            String text = texts[i];
            int[] ids = tokenizer.encode(text, false);
            assertArrayEquals(ids(lines.get(i)), ids, () -> name + ": '" + text + "'");
            assertEquals(text, tokenizer.decode(ids, false));
        }
    }

    @Test
    void givesTheTokensOfTheDefaultModel() throws IOException {
        Tokenizer tokenizer = open(TestData.smollm2());
        Map<String, Object> truth = JSON.std.mapFrom(Files.readString(TestData.shared("smollm2-groundtruth.json")));
        List<?> cases = (List<?>) requireNonNull(truth.get("tokens"));
        assertEquals(30, cases.size());
        for (Object item : cases) {
            Map<?, ?> row = (Map<?, ?>) item;
            String text = (String) requireNonNull(row.get("text"));
            assertArrayEquals(ids(requireNonNull(row.get("ids"))), tokenizer.encode(text, true), text);
            int[] plain = tokenizer.encode(text, false);
            assertArrayEquals(ids(requireNonNull(row.get("ids_plain"))), plain, text);
            assertEquals(text, tokenizer.decode(plain, false));
        }
    }

    @Test
    void knowsHowTheDefaultModelEndsItsAnswers() {
        Tokenizer tokenizer = open(TestData.smollm2());
        assertEquals(49152, tokenizer.vocabularySize());
        assertEquals(1, tokenizer.bos().orElseThrow());
        assertEquals(2, tokenizer.eos().orElseThrow());
        assertArrayEquals(new int[] {0, 2}, tokenizer.endOfGeneration());
        assertEquals("<|im_end|>", tokenizer.piece(2));
    }

    private static int[] ids(String line) {
        return line.isBlank()
                ? new int[0]
                : Pattern.compile(" ")
                        .splitAsStream(line.strip())
                        .mapToInt(Integer::parseInt)
                        .toArray();
    }

    private static int[] ids(Object list) {
        return Arrays.stream(((List<?>) list).toArray())
                .mapToInt(id -> ((Number) id).intValue())
                .toArray();
    }
}

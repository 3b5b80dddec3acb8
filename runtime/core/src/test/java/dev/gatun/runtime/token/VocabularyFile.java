package dev.gatun.runtime.token;

import dev.gatun.runtime.gguf.GgufFile;
import dev.gatun.runtime.gguf.GgufMetadata;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A GGUF file without tensors, written key by key. */
final class VocabularyFile {
    private final Map<String, Object> pairs = new LinkedHashMap<>();

    /** The 256 bytes, then the joins of {@code merges}, then {@code control} and {@code userDefined}. */
    static VocabularyFile bytePairs(List<String> merges, List<String> control, List<String> userDefined) {
        List<String> tokens = new ArrayList<>();
        StringBuilder alphabet = new StringBuilder();
        for (char c = 33; c < 0x144; c++) {
            if (ByteAlphabet.byteOf(c) >= 0) {
                alphabet.append(c);
            }
        }
        alphabet.chars().forEach(c -> tokens.add(String.valueOf((char) c)));
        merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
        int[] types = new int[tokens.size() + control.size() + userDefined.size()];
        Arrays.fill(types, 1);
        Arrays.fill(types, tokens.size(), types.length, 3);
        tokens.addAll(control);
        Arrays.fill(types, tokens.size(), types.length, 4);
        tokens.addAll(userDefined);
        return new VocabularyFile()
                .with("model", "gpt2")
                .with("pre", "gpt-2")
                .with("tokens", tokens.toArray(String[]::new))
                .with("token_type", types)
                .with("merges", merges.toArray(String[]::new));
    }

    /** A value: Integer, Boolean, String, String[], int[] or float[]. */
    VocabularyFile with(String key, Object value) {
        pairs.put("tokenizer.ggml." + key, value);
        return this;
    }

    VocabularyFile without(String key) {
        pairs.remove("tokenizer.ggml." + key);
        return this;
    }

    GgufMetadata metadata() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        int32(out, 3);
        int64(out, 0);
        int64(out, pairs.size());
        pairs.forEach((key, value) -> {
            string(out, key);
            value(out, value);
        });
        return GgufFile.parse(MemorySegment.ofArray(out.toByteArray())).metadata();
    }

    Tokenizer tokenizer() {
        return Tokenizer.of(metadata());
    }

    private static void value(ByteArrayOutputStream out, Object value) {
        switch (value) {
            case Integer number -> {
                int32(out, 5);
                int32(out, number);
            }
            case Boolean flag -> {
                int32(out, 7);
                out.write(flag ? 1 : 0);
            }
            case String text -> {
                int32(out, 8);
                string(out, text);
            }
            case String[] texts -> {
                array(out, 8, texts.length);
                for (String text : texts) {
                    string(out, text);
                }
            }
            case int[] numbers -> {
                array(out, 5, numbers.length);
                for (int number : numbers) {
                    int32(out, number);
                }
            }
            case float[] numbers -> {
                array(out, 6, numbers.length);
                for (float number : numbers) {
                    int32(out, Float.floatToIntBits(number));
                }
            }
            default -> throw new IllegalArgumentException(value.toString());
        }
    }

    private static void array(ByteArrayOutputStream out, int type, int length) {
        int32(out, 9);
        int32(out, type);
        int64(out, length);
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int64(out, utf8.length);
        out.writeBytes(utf8);
    }

    private static void int32(ByteArrayOutputStream out, int value) {
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private static void int64(ByteArrayOutputStream out, long value) {
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }
}

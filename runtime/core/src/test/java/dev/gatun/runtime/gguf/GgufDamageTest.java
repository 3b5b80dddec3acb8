package dev.gatun.runtime.gguf;

import static dev.gatun.runtime.gguf.GgufForge.F32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.TestData;
import dev.gatun.runtime.model.ModelConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Truncated files and flipped bits: what is damaged loads or is refused in one clear sentence, and nothing else. */
@Timeout(300)
class GgufDamageTest {
    private static final int TRUNCATIONS = 200;
    private static final int FLIPS = 1_000;

    @Test
    void refusesASmallFileTruncatedAtEveryByte() {
        byte[] bytes = small();
        assertTrue(bytes.length >= 4_096);
        GgufFile.parse(MemorySegment.ofArray(bytes));
        MemorySegment whole = MemorySegment.ofArray(bytes);
        for (int length = 0; length < bytes.length; length++) {
            MemorySegment part = whole.asSlice(0, length);
            GgufFormatException refused = assertThrows(GgufFormatException.class, () -> GgufFile.parse(part));
            assertTrue(refused.offset() <= length, refused.field());
            GgufCorpusTest.isOnePrintableSentence(String.valueOf(refused.getMessage()));
        }
    }

    @Test
    void survivesEveryBitFlippedInASmallFile() {
        byte[] bytes = small();
        MemorySegment whole = MemorySegment.ofArray(bytes);
        int refused = 0;
        for (int i = 0; i < 8 * bytes.length; i++) {
            bytes[i / 8] ^= (byte) (1 << i % 8);
            refused += loads(whole) ? 0 : 1;
            bytes[i / 8] ^= (byte) (1 << i % 8);
        }
        assertTrue(refused > 1_000, "only " + refused + " refused");
    }

    @Test
    void survivesRandomBytesInASmallFile() {
        byte[] bytes = small();
        Random random = new Random(7);
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = bytes.clone();
            for (int k = 0; k < 1 + i % 8; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            loads(MemorySegment.ofArray(damaged));
        }
    }

    @Test
    @Tag("slow")
    void refusesTheDefaultModelTruncatedAnywhere() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment whole = model(arena);
            Random random = new Random(11);
            long header = headerByteSize(whole);
            for (int i = 0; i < TRUNCATIONS; i++) {
                long length = i % 4 == 0 ? random.nextLong(header, whole.byteSize()) : random.nextLong(header);
                MemorySegment part = whole.asSlice(0, length);
                GgufFormatException refused = assertThrows(GgufFormatException.class, () -> GgufFile.parse(part));
                assertTrue(refused.offset() <= length, refused.field());
                GgufCorpusTest.isOnePrintableSentence(String.valueOf(refused.getMessage()));
            }
        }
    }

    @Test
    @Tag("slow")
    void survivesTheDefaultModelWithAnyBitFlipped() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment whole = model(arena);
            Random random = new Random(13);
            long header = headerByteSize(whole);
            int refused = 0;
            for (int i = 0; i < FLIPS; i++) {
                // Of the header most is token text: every other flip is near its ends, where the numbers are.
                long at = switch (i % 8) {
                    case 0 -> random.nextLong(whole.byteSize());
                    case 1, 3, 5 -> random.nextLong(2_048);
                    case 7 -> header - 1 - random.nextLong(16_384);
                    default -> random.nextLong(header);
                };
                byte before = whole.get(ValueLayout.JAVA_BYTE, at);
                whole.set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ (1 << random.nextInt(8))));
                refused += loads(whole) ? 0 : 1;
                whole.set(ValueLayout.JAVA_BYTE, at, before);
            }
            assertTrue(refused > FLIPS / 10 && refused < FLIPS, "refused " + refused);
            assertTrue(loads(whole));
        }
    }

    /** Whether the file loads; if not, it is refused as it should be. */
    private static boolean loads(MemorySegment bytes) {
        try {
            GgufFile file = GgufFile.parse(bytes);
            for (String key : file.metadata().keys()) {
                file.metadata().value(key);
            }
            if (file.tensor("token_embd.weight").isPresent()) {
                ModelConfig.of(file);
            }
            return true;
        } catch (InvalidInputException e) {
            GgufCorpusTest.isOnePrintableSentence(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** About 4 KB with a key of every type and tensors of several. */
    private static byte[] small() {
        GgufForge forge = new GgufForge()
                .string("general.architecture", "llama")
                .uint32("general.alignment", 64)
                .layoutAlignment(64)
                .uint32("llama.block_count", 1)
                .uint32("llama.embedding_length", 8)
                .uint32("llama.feed_forward_length", 16)
                .uint32("llama.attention.head_count", 2)
                .uint32("llama.context_length", 128)
                .float32("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .float32("llama.rope.freq_base", 10_000)
                .string("llama.rope.scaling.type", "linear");
        for (int type = 0; type < 13; type++) {
            if (type != 8 && type != 9) {
                int size = GgufForge.scalarByteSize(type);
                forge.value("value." + type, type, new byte[size]);
                forge.array("array." + type, type, 3, new byte[3 * size]);
            }
        }
        forge.strings("tokenizer.ggml.tokens", "<s>", "</s>", "a", "b", "\u00e4\u00f6\u00fc", "", " ", "abc");
        forge.tensor("token_embd.weight", F32, new byte[4 * 8 * 96], 8, 96);
        forge.tensor("q4_0", 2, new byte[18 * 4], 64, 2);
        forge.tensor("q8_0", 8, new byte[34], 32);
        forge.tensor("f16", 1, new byte[2 * 24], 2, 3, 4);
        return forge.bytes();
    }

    private static MemorySegment model(Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(TestData.smollm2(), StandardOpenOption.READ)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            MemorySegment copy = arena.allocate(mapped.byteSize(), 64);
            copy.copyFrom(mapped);
            return copy;
        }
    }

    private static long headerByteSize(MemorySegment whole) {
        GgufFile file = GgufFile.parse(whole);
        long first = file.tensors().stream()
                .mapToLong(tensor -> tensor.data().address() - whole.address())
                .min()
                .orElseThrow();
        assertEquals(0, first % 32);
        return first;
    }
}

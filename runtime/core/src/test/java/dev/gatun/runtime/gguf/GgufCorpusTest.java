package dev.gatun.runtime.gguf;

import static dev.gatun.runtime.gguf.GgufForge.F32;
import static dev.gatun.runtime.gguf.GgufForge.Q4_0;
import static dev.gatun.runtime.gguf.GgufForge.concat;
import static dev.gatun.runtime.gguf.GgufForge.int32;
import static dev.gatun.runtime.gguf.GgufForge.int64;
import static dev.gatun.runtime.gguf.GgufForge.int8;
import static dev.gatun.runtime.gguf.GgufForge.text;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Malformed files, each a valid tiny file with one lie: refused with the place and the field, in little time and memory,
 * in one printable sentence.
 */
class GgufCorpusTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MOST_NANOS = 200_000_000;
    private static final long MOST_BYTES = 16 << 20;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Case(String name, String field, byte[] bytes) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case lie(String name, String field, GgufForge forge) {
        return new Case(name, field, forge.bytes());
    }

    /** A file with a few keys and two tensors. */
    private static GgufForge valid() {
        return new GgufForge()
                .string("general.architecture", "llama")
                .uint32("llama.block_count", 1)
                .strings("tokenizer.ggml.tokens", "a", "b")
                .tensor("first", F32, new byte[4 * 6], 3, 2)
                .tensor("second", Q4_0, new byte[18 * 2], 32, 2);
    }

    @BeforeAll
    static void loadClasses() {
        valid().parse();
        assertThrows(GgufFormatException.class, () -> valid().version(9).parse());
    }

    @Test
    void theFileBehindAllCasesIsValid() {
        GgufFile file = valid().parse();
        assertEquals(2, file.tensors().size());
        assertEquals(3, file.metadata().keys().size());
    }

    static Stream<Case> headers() {
        byte[] bytes = valid().bytes();
        byte[] bigEndian = bytes.clone();
        System.arraycopy(new byte[] {0, 0, 0, 3}, 0, bigEndian, 4, 4);
        return Stream.of(
                new Case("1 empty file", "magic", new byte[0]),
                new Case("2 three bytes", "magic", Arrays.copyOf(bytes, 3)),
                new Case("3 only the magic", "version", Arrays.copyOf(bytes, 4)),
                lie("4 another magic", "magic", valid().magic("GGML")),
                lie("5 byte-swapped magic", "magic", valid().magic("FUGG")),
                lie("6 version 0", "version", valid().version(0)),
                lie("7 version 1", "version", valid().version(1)),
                lie("8 version 4", "version", valid().version(4)),
                lie("8 version -1", "version", valid().version(-1)),
                new Case("9 big-endian", "version", bigEndian),
                lie("10 2^64-1 tensors", "tensor count", valid().tensorCount(-1)),
                lie("11 2^63 tensors", "tensor count", valid().tensorCount(Long.MIN_VALUE)),
                lie("12 one tensor more than there are", "tensor name 2", valid().tensorCount(3)),
                lie("13 2^64-1 keys", "metadata count", valid().keyCount(-1)),
                lie("14 2^32 keys", "metadata count", valid().keyCount(1L << 32)),
                lie("15 one key more than there are", "", valid().keyCount(4)),
                lie("15 one key less than there are", "", valid().keyCount(2)));
    }

    static Stream<Case> values() {
        byte[] notText = {(byte) 0xc3, (byte) 0x28};
        return Stream.of(
                lie("18 key length 2^64-1", "metadata key 3 length", valid().rawKey(int64(-1), int32(4), int32(1))),
                lie("19 key length 0", "metadata key 3", valid().rawKey(int64(0), int32(4), int32(1))),
                lie("20 key of 65,536 bytes", "metadata key 3 length", valid().uint32("k".repeat(65_536), 1)),
                lie(
                        "21 key that is not UTF-8",
                        "metadata key 3",
                        valid().rawKey(int64(2), notText, int32(4), int32(1))),
                lie("22 control characters in a key", "", valid().value("a\0\u001b[2J\n\u202eb", 13, new byte[8])),
                lie("23 key twice", "metadata key 3", valid().rawKey(text("llama.block_count"), int32(4), int32(7))),
                lie("24 value type 13", "k type", valid().value("k", 13, new byte[8])),
                lie("25 value type -1", "k type", valid().value("k", -1, new byte[8])),
                lie("26 string longer than the file", "k length", valid().value("k", 8, int64(4_096))),
                lie("27 string of 2^63 bytes", "k length", valid().value("k", 8, int64(Long.MIN_VALUE))),
                lie("28 boolean 2", "k", valid().value("k", 7, int8(2))),
                lie("28 boolean 255 in an array", "k", valid().array("k", 7, 2, int8(1), int8(255))),
                lie("29 array of arrays", "k element type", valid().array("k", 9, 1, int32(4), int64(0))),
                lie("29 array of type 77", "k element type", valid().array("k", 77, 1, int32(4), int64(0))),
                lie("30 array of 2^63", "k count", valid().array("k", 4, Long.MIN_VALUE)),
                lie("31 count that wraps times 8", "k count", valid().array("k", 11, (1L << 61) + 1, int64(5))),
                lie("31 count that wraps times 4", "k count", valid().array("k", 6, (1L << 62) + 1, int64(5))),
                lie("32 2^28 empty strings", "k count", valid().array("k", 8, 1 << 28, new byte[64])),
                lie("32 more strings than there are", "", valid().array("k", 8, 6, text("x"))),
                lie("37 alignment 0", "general.alignment", valid().uint32("general.alignment", 0)),
                lie("38 alignment 13", "general.alignment", valid().uint32("general.alignment", 13)),
                lie("39 alignment 2^31", "general.alignment", valid().uint32("general.alignment", 1L << 31)),
                lie("39 alignment 2^21", "general.alignment", valid().uint32("general.alignment", 1 << 21)),
                lie("40 alignment as INT32", "general.alignment", valid().value("general.alignment", 5, int32(32))),
                lie("40 alignment as UINT64", "general.alignment", valid().value("general.alignment", 10, int64(32))),
                lie(
                        "40 alignment as an array",
                        "general.alignment",
                        valid().array("general.alignment", 4, 1, int32(32))),
                lie("49 string that is not UTF-8", "k", valid().value("k", 8, concat(int64(2), notText))));
    }

    static Stream<Case> tensors() {
        byte[] data = new byte[4];
        byte[] entry = concat(int32(1), int64(1), int32(F32), int64(0));
        long[] wrapping = {1L << 31, 1L << 31};
        return Stream.of(
                lie("54 name of 65 bytes", "tensor name 2 length", valid().tensor("n".repeat(65), F32, data, 1)),
                lie("54 name length 2^64-1", "tensor name 2 length", valid().rawTensor(int64(-1), entry)),
                lie("54 empty name", "tensor name 2", valid().rawTensor(text(""), entry)),
                lie("55 name twice", "tensor name 2", valid().rawTensor(text("first"), entry)),
                lie("56 no dimensions", "x dimensions", valid().tensor("x", F32, data)),
                lie("57 five dimensions", "x dimensions", valid().tensor("x", F32, data, 1, 1, 1, 1, 1)),
                lie("57 2^32-1 dimensions", "x dimensions", valid().rawTensor(text("x"), int32(-1), new byte[32])),
                lie("58 a dimension of 0", "x dimension 1", valid().tensor("x", F32, data, 1, 0)),
                lie("59 a negative dimension", "x dimension 0", valid().tensor("x", F32, data, -32)),
                lie("60 dimensions whose product wraps", "x dimension", valid().tensor("x", F32, data, wrapping)),
                lie(
                        "60 rows whose product wraps to 0",
                        "x dimensions",
                        valid().tensor("x", F32, data, 1, 1 << 30, 1 << 30, 16)),
                lie(
                        "60 a byte size that wraps",
                        "x",
                        valid().tensor("x", F32, data, Integer.MAX_VALUE, Integer.MAX_VALUE)),
                lie(
                        "60 two tensors of 2^63-64 bytes",
                        "dimension",
                        valid().tensor("x", F32, data, Long.MAX_VALUE / 4 - 15).tensor("y", F32, data, 1)),
                lie("61 columns that do not fill a group", "x dimension 0", valid().tensor("x", Q4_0, data, 33)),
                lie("62 removed type 4", "x type", valid().tensor("x", 4, data, 1)),
                lie("62 removed type 31", "x type", valid().tensor("x", 31, data, 1)),
                lie("62 unsupported type 14", "x type", valid().tensor("x", 14, data, 256)),
                lie("62 unknown type 40", "x type", valid().tensor("x", 40, data, 1)),
                lie("62 type -1", "x type", valid().tensor("x", -1, data, 1)),
                lie("63 offset that is not aligned", "x offset", valid().tensorAt(100, "x", F32, data, 1)),
                lie("63 negative offset", "x offset", valid().tensorAt(-32, "x", F32, data, 1)),
                lie("64 offset past the end", "x data", valid().tensorAt(1 << 20, "x", F32, data, 1)),
                lie("64 offset of almost 2^63", "x data", valid().tensorAt(Long.MAX_VALUE - 31, "x", F32, data, 1)),
                lie("64 one byte past the end", "x data", valid().tensor("x", Q4_0, new byte[17], 32)),
                lie("65 overlapping tensors", "x offset", valid().tensorAt(32, "x", F32, data, 1)),
                lie("65 the same place twice", "offset", valid().tensorAt(0, "x", F32, data, 1)));
    }

    @ParameterizedTest
    @MethodSource({"headers", "values", "tensors"})
    void refusesTheFileWithPlaceAndField(Case lie) {
        MemorySegment bytes = MemorySegment.ofArray(lie.bytes());
        long thread = Thread.currentThread().threadId();
        long allocated = THREADS.getThreadAllocatedBytes(thread);
        long nanos = THREADS.getThreadCpuTime(thread);
        GgufFormatException refused = assertThrows(GgufFormatException.class, () -> GgufFile.parse(bytes));
        long spent = THREADS.getThreadCpuTime(thread) - nanos;
        long taken = THREADS.getThreadAllocatedBytes(thread) - allocated;
        String message = String.valueOf(refused.getMessage());
        assertTrue(refused.field().contains(lie.field()), message);
        assertTrue(refused.offset() >= 0 && refused.offset() <= lie.bytes().length, message);
        assertTrue(spent < MOST_NANOS, () -> spent + " ns: " + message);
        assertTrue(taken < MOST_BYTES, () -> taken + " bytes: " + message);
        isOnePrintableSentence(message);
    }

    static void isOnePrintableSentence(String message) {
        assertTrue(message.endsWith("."), message);
        assertTrue(message.length() < 800, message);
        assertTrue(
                message.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT),
                message);
    }

    @Test
    void namesWhatItFoundAndWhatItExpected() {
        GgufFormatException refused =
                assertThrows(GgufFormatException.class, () -> valid().version(1).parse());
        assertEquals("Bad GGUF file at byte 4: version should be 2 or 3, found 1.", refused.getMessage());
        assertEquals(4, refused.offset());
        assertEquals("version", refused.field());
        assertEquals("2 or 3", refused.expected());
        assertEquals("1", refused.found());
        GgufFormatException type = assertThrows(
                GgufFormatException.class,
                () -> valid().tensor("x", 14, new byte[4], 256).parse());
        assertEquals("Q6_K, which is not supported", type.found());
        GgufFormatException big = assertThrows(
                GgufFormatException.class, () -> valid().version(3 << 24).parse());
        assertEquals("a big-endian file", big.found());
    }

    @Test
    void acceptsWhatOnlyLooksWrong() {
        assertEquals(0, new GgufForge().parse().tensors().size()); // 16 nothing at all
        valid().tensor("n".repeat(64), F32, new byte[4], 1).parse(); // 54 the specification's longest name
        valid().uint32("k".repeat(65_535), 1).parse();
        GgufForge gap = valid().tensorAt(256, "x", F32, new byte[400], 1); // 65 a gap
        assertEquals(
                256,
                gap.parse().require("x").data().address()
                        - gap.parse().require("first").data().address());
        for (int alignment = 1; alignment <= 1 << 20; alignment *= 2) {
            GgufFile file = valid().layoutAlignment(alignment)
                    .uint32("general.alignment", alignment)
                    .parse();
            assertEquals(36, file.require("second").data().byteSize());
        }
    }

    @Test
    void staysLinearInTheNumberOfKeys() {
        GgufForge forge = new GgufForge();
        for (int i = 0; i < 100_000; i++) {
            forge.uint32("key." + i, i);
        }
        MemorySegment bytes = MemorySegment.ofArray(forge.bytes());
        long thread = Thread.currentThread().threadId();
        long nanos = THREADS.getThreadCpuTime(thread);
        GgufFile file = GgufFile.parse(bytes);
        long spent = THREADS.getThreadCpuTime(thread) - nanos;
        assertEquals(99_999, file.metadata().int32("key.99999"));
        assertTrue(spent < 1_000_000_000, () -> spent + " ns");
    }

    @Test
    void arraysTakeNoMoreThanAFewTimesTheirBytes() {
        int count = 1 << 20;
        for (int type : new int[] {0, 1, 2, 3, 4, 5, 6, 10, 11, 12}) {
            int size = GgufForge.scalarByteSize(type);
            MemorySegment bytes = MemorySegment.ofArray(new GgufForge()
                    .array("k", type, count, new byte[count * size])
                    .bytes());
            long thread = Thread.currentThread().threadId();
            long allocated = THREADS.getThreadAllocatedBytes(thread);
            assertDoesNotThrow(() -> GgufFile.parse(bytes));
            long taken = THREADS.getThreadAllocatedBytes(thread) - allocated;
            assertTrue(taken < 8L * count + MOST_BYTES, () -> "type " + type + ": " + taken + " bytes");
        }
    }

    @Test
    void aTokenOf1MebibyteIsReadWhole() {
        String token = "\u00e4".repeat(1 << 19);
        GgufFile file = valid().strings("tokenizer.ggml.tokens", "a", token).parse();
        assertEquals(token, file.metadata().strings("tokenizer.ggml.tokens").get(1));
        assertEquals(1 << 20, token.getBytes(StandardCharsets.UTF_8).length);
    }
}

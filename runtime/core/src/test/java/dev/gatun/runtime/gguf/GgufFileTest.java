package dev.gatun.runtime.gguf;

import static dev.gatun.runtime.gguf.GgufForge.F16;
import static dev.gatun.runtime.gguf.GgufForge.F32;
import static dev.gatun.runtime.gguf.GgufForge.int16;
import static dev.gatun.runtime.gguf.GgufForge.int32;
import static dev.gatun.runtime.gguf.GgufForge.int64;
import static dev.gatun.runtime.gguf.GgufForge.int8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.kernels.DType;
import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void readsEveryTypeOfValue(int version) {
        long doubleBits = Double.doubleToRawLongBits(0.1);
        GgufMetadata metadata = new GgufForge()
                .version(version)
                .value("u8", 0, int8(200))
                .value("i8", 1, int8(-56))
                .value("u16", 2, int16(60_000))
                .value("i16", 3, int16(-5_536))
                .value("u32", 4, int32(-1))
                .value("i32", 5, int32(-1))
                .float32("f32", 0.1f)
                .value("true", 7, int8(1))
                .value("false", 7, int8(0))
                .string("text", "gr\u00fc\u00df \ud83d\ude00")
                .string("empty", "")
                .value("u64", 10, int64(Long.MAX_VALUE))
                .value("i64", 11, int64(Long.MIN_VALUE))
                .value("f64", 12, int64(doubleBits))
                .parse()
                .metadata();
        assertEquals(200, metadata.int32("u8"));
        assertEquals(-56, metadata.int32("i8"));
        assertEquals(60_000, metadata.int32("u16"));
        assertEquals(-5_536, metadata.int32("i16"));
        assertEquals(4_294_967_295L, metadata.int64("u32"));
        assertEquals(-1, metadata.int32("i32"));
        assertEquals(0.1f, (float) metadata.float32("f32"));
        assertTrue(metadata.bool("true", false));
        assertFalse(metadata.bool("false", true));
        assertTrue(metadata.bool("absent", true));
        assertEquals("gr\u00fc\u00df \ud83d\ude00", metadata.string("text"));
        assertEquals("", metadata.string("empty"));
        assertEquals(Long.MAX_VALUE, metadata.int64("u64"));
        assertEquals(Long.MIN_VALUE, metadata.int64("i64"));
        assertEquals(0.1, metadata.float32("f64"));
        assertEquals("u8", metadata.keys().iterator().next());
        assertEquals(14, metadata.keys().size());
        assertEquals(200L, metadata.value("u8"));
        assertEquals(true, metadata.value("true"));
    }

    @Test
    void readsArraysOfEveryType() {
        GgufMetadata metadata = new GgufForge()
                .array("u8", 0, 2, int8(1), int8(255))
                .array("i8", 1, 2, int8(1), int8(255))
                .array("u16", 2, 1, int16(65_535))
                .array("i16", 3, 1, int16(65_535))
                .array("u32", 4, 2, int32(7), int32(Integer.MAX_VALUE))
                .array("i32", 5, 2, int32(7), int32(-7))
                .array("f32", 6, 2, GgufForge.floats(1.5f, Float.NEGATIVE_INFINITY))
                .array("bool", 7, 3, int8(1), int8(0), int8(1))
                .strings("text", "", "a", "\u00e4")
                .array("u64", 10, 1, int64(12))
                .array("i64", 11, 1, int64(-12))
                .array("f64", 12, 1, int64(Double.doubleToRawLongBits(0.5)))
                .array("none", 4, 0)
                .parse()
                .metadata();
        assertArrayEquals(new int[] {1, 255}, metadata.int32s("u8"));
        assertArrayEquals(new int[] {1, -1}, metadata.int32s("i8"));
        assertArrayEquals(new int[] {65_535}, metadata.int32s("u16"));
        assertArrayEquals(new int[] {-1}, metadata.int32s("i16"));
        assertArrayEquals(new int[] {7, Integer.MAX_VALUE}, metadata.int32s("u32"));
        assertArrayEquals(new int[] {7, -7}, metadata.int32s("i32"));
        assertArrayEquals(new float[] {1.5f, Float.NEGATIVE_INFINITY}, metadata.float32s("f32"));
        assertEquals(List.of(true, false, true), metadata.value("bool"));
        assertEquals(List.of("", "a", "\u00e4"), metadata.strings("text"));
        assertArrayEquals(new int[] {12}, metadata.int32s("u64"));
        assertArrayEquals(new int[] {-12}, metadata.int32s("i64"));
        assertArrayEquals(new float[] {0.5f}, metadata.float32s("f64"));
        assertArrayEquals(new int[0], metadata.int32s("none"));
        assertEquals(List.of(7L, -7L), metadata.value("i32"));
        assertEquals(List.of(0.5), metadata.value("f64"));
    }

    @Test
    void gettersRefuseAnotherTypeAndNameKeyWantAndGot() {
        GgufMetadata metadata = new GgufForge()
                .uint32("number", 5)
                .float32("float", 5)
                .string("text", "5")
                .value("flag", 7, int8(1))
                .strings("texts", "5")
                .array("bytes", 0, 1, int8(5))
                .array("floats", 6, 1, GgufForge.floats(5))
                .parse()
                .metadata();
        refuses("number should be STRING, found UINT32.", () -> metadata.string("number"));
        refuses("text should be an integer, found STRING.", () -> metadata.int32("text"));
        refuses("float should be an integer, found FLOAT32.", () -> metadata.int64("float"));
        refuses("number should be FLOAT32, found UINT32.", () -> metadata.float32("number"));
        refuses("number should be BOOL, found UINT32.", () -> metadata.bool("number", true));
        refuses("text should be array of STRING, found STRING.", () -> metadata.strings("text"));
        refuses("texts should be STRING, found array of STRING.", () -> metadata.string("texts"));
        // The reader that cast scores from an array of bytes read past its end (llama.cpp 26690).
        refuses("bytes should be array of FLOAT32, found array of UINT8.", () -> metadata.float32s("bytes"));
        refuses("floats should be array of integers, found array of FLOAT32.", () -> metadata.int32s("floats"));
        refuses("flag should be an integer, found BOOL.", () -> metadata.int32("flag"));
        refuses("absent should be present in the metadata, found nothing.", () -> metadata.string("absent"));
        refuses("absent should be present in the metadata, found nothing.", () -> metadata.value("absent"));
    }

    @Test
    void findersAreEmptyOnlyWhereTheKeyIsAbsent() {
        GgufMetadata metadata = new GgufForge().uint32("k", 5).parse().metadata();
        assertTrue(metadata.findString("absent").isEmpty());
        assertTrue(metadata.findInt32("absent").isEmpty());
        assertTrue(metadata.findFloat32("absent").isEmpty());
        assertTrue(metadata.findStrings("absent").isEmpty());
        assertTrue(metadata.findInt32s("absent").isEmpty());
        assertTrue(metadata.findFloat32s("absent").isEmpty());
        assertEquals(5, metadata.findInt32("k").orElseThrow());
        assertThrows(GgufFormatException.class, () -> metadata.findString("k"));
        assertThrows(GgufFormatException.class, () -> metadata.findStrings("k"));
        assertThrows(UnsupportedOperationException.class, () -> metadata.keys().clear());
    }

    @Test
    void integersThatDoNotFitAreRefused() {
        GgufMetadata metadata = new GgufForge()
                .uint32("u32", 1L << 31)
                .value("u64", 10, int64(-1))
                .value("i64", 11, int64(Integer.MIN_VALUE - 1L))
                .array("u64s", 10, 2, int64(1), int64(-1))
                .array("u32s", 4, 2, int32(1), int32(-1))
                .parse()
                .metadata();
        refuses("u32 should be a 32-bit integer, found 2147483648.", () -> metadata.int32("u32"));
        refuses("u64 should be an integer below 2^63, found 18446744073709551615.", () -> metadata.int64("u64"));
        refuses("i64 should be a 32-bit integer, found -2147483649.", () -> metadata.int32("i64"));
        refuses("u64s[1] should be a 32-bit integer, found 18446744073709551615.", () -> metadata.int32s("u64s"));
        refuses("u32s[1] should be a 32-bit integer, found 4294967295.", () -> metadata.int32s("u32s"));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void tensorsAreViewsInFileOrder(int version) {
        byte[] bytes = new GgufForge()
                .version(version)
                .tensor("z", F32, GgufForge.floats(1, 2, 3, 4, 5, 6), 3, 2)
                .tensor("a", F16, new byte[2 * 24], 2, 3, 4, 1)
                .tensor("q", 8, new byte[34 * 3], 96)
                .bytes();
        GgufFile file = GgufFile.parse(MemorySegment.ofArray(bytes));
        assertEquals(version, file.version());
        assertEquals(bytes.length, file.byteSize());
        assertEquals(
                List.of("z", "a", "q"),
                file.tensors().stream().map(GgufTensor::name).toList());
        GgufTensor z = file.require("z");
        assertEquals(DType.F32, z.type());
        assertEquals(3, z.columns());
        assertEquals(2, z.rows());
        assertEquals(6f, z.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 20));
        assertEquals(24, z.data().byteSize());
        assertTrue(z.data().isReadOnly());
        GgufTensor a = file.require("a");
        assertEquals(List.of(2L, 3L, 4L, 1L), a.dimensions());
        assertEquals(12, a.rows());
        assertEquals(1, file.require("q").rows());
        assertEquals(102, file.require("q").data().byteSize());
        assertTrue(file.tensor("nothing").isEmpty());
        InvalidInputException refused = assertThrows(InvalidInputException.class, () -> file.require("nothing"));
        assertEquals("The file has no tensor 'nothing', which its architecture needs.", refused.getMessage());
    }

    // ---- opening

    @Test
    void opensAFileAndItsTensorsLiveAsLongAsTheArena(@TempDir Path folder) throws IOException {
        Path path = Files.write(
                folder.resolve("tiny.gguf"),
                new GgufForge().tensor("t", F32, GgufForge.floats(42), 1).bytes());
        Arena arena = Arena.ofConfined();
        GgufTensor tensor = GgufFile.open(path, arena).require("t");
        assertEquals(42f, tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0));
        Path link = Files.createSymbolicLink(folder.resolve("link.gguf"), path);
        assertEquals(1, GgufFile.open(link, arena).tensors().size());
        arena.close();
        assertThrows(IllegalStateException.class, () -> tensor.data().get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void refusesAMissingFileADirectoryAnEmptyFileAndALoopOfLinks(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing.gguf");
        cannotOpen("There is no file " + missing + ".", missing);
        cannotOpen(folder + " is a directory; expected a GGUF model file.", folder);
        Files.createFile(folder.resolve("empty.gguf"));
        cannotOpen(
                "Bad GGUF file at byte 0: magic should be 4 bytes, found 0 bytes before the end of the file.",
                folder.resolve("empty.gguf"));
        Path loop = folder.resolve("loop.gguf");
        Files.createSymbolicLink(loop, loop);
        cannotOpen("The file " + loop + " can not be read: Too many levels of symbolic links", loop);
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling.gguf"), missing);
        cannotOpen("There is no file " + dangling + ".", dangling);
    }

    @Test
    void refusesAnUnreadableFile(@TempDir Path folder) throws IOException {
        Path path = Files.write(folder.resolve("secret.gguf"), new GgufForge().bytes());
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(path), "this user reads everything");
        cannotOpen("The file " + path + " can not be read: permission denied.", path);
    }

    @Test
    void doesNotWaitForAPipe(@TempDir Path folder) throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe.gguf");
        Process maker;
        try {
            maker = new ProcessBuilder("mkfifo", pipe.toString()).start();
        } catch (IOException e) {
            assumeTrue(false, "no mkfifo here: " + e.getMessage());
            return;
        }
        assumeTrue(maker.waitFor() == 0, "mkfifo failed");
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> cannotOpen(pipe + " is not a regular file; expected a GGUF model file.", pipe));
    }

    private static void cannotOpen(String beginning, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            InvalidInputException refused = assertThrows(InvalidInputException.class, () -> GgufFile.open(path, arena));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.startsWith(beginning), message);
            GgufCorpusTest.isOnePrintableSentence(message);
        }
    }

    private static void refuses(String end, Executable getter) {
        GgufFormatException refused = assertThrows(GgufFormatException.class, getter);
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.endsWith(": " + end), message);
        GgufCorpusTest.isOnePrintableSentence(message);
    }
}

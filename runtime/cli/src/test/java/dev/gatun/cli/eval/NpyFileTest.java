package dev.gatun.cli.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 33, 49_152})
    void followsTheFormat(int length) throws Exception {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = 1.5f * i - 3;
        }
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, values);

        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x93, bytes.get(0) & 0xff);
        assertEquals("NUMPY\1\0", new String(bytes.array(), 1, 7, StandardCharsets.ISO_8859_1));
        int headerLength = bytes.getShort(8);
        int dataOffset = 10 + headerLength;
        assertEquals(0, dataOffset % 64);
        String header = new String(bytes.array(), 10, headerLength, StandardCharsets.US_ASCII);
        assertEquals("{'descr': '<f4', 'fortran_order': False, 'shape': (" + length + ",), }", header.strip());
        assertEquals('\n', header.charAt(headerLength - 1));
        assertEquals(dataOffset + 4 * length, bytes.capacity());
        for (int i = 0; i < length; i++) {
            assertEquals(values[i], bytes.getFloat(dataOffset + 4 * i));
        }
    }

    @Test
    void keepsTheBitsOfSpecialValues() throws Exception {
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, new float[] {Float.NaN, Float.NEGATIVE_INFINITY, -0f});
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int dataOffset = bytes.capacity() - 12;
        assertEquals(Float.floatToIntBits(Float.NaN), bytes.getInt(dataOffset));
        assertEquals(Float.NEGATIVE_INFINITY, bytes.getFloat(dataOffset + 4));
        assertEquals(Float.floatToIntBits(-0f), bytes.getInt(dataOffset + 8));
    }
}

package dev.gatun.cli.eval;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** NumPy's array file, format version 1.0: a vector of little-endian float32. */
public final class NpyFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;

    private NpyFile() {}

    /** Writes {@code values} as an array of shape {@code (values.length,)}. */
    public static void write(Path file, float[] values) throws IOException {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + values.length + ",), }";
        int before = MAGIC.length + Short.BYTES;
        int unpadded = before + header.length() + 1;
        int headerLength = Math.ceilDiv(unpadded, ALIGNMENT) * ALIGNMENT - before;
        String padded = header + " ".repeat(headerLength - header.length() - 1) + "\n";
        ByteBuffer bytes = ByteBuffer.allocate(before + headerLength + values.length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).putShort((short) headerLength).put(padded.getBytes(StandardCharsets.US_ASCII));
        bytes.asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }
}

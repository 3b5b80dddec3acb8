package dev.gatun.cli.ptx;

import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NumPy's array files, versions 1 to 3, of one plain type; a file to read may be anything at all. */
final class NpyArray {
    private static final int HEADER_LIMIT = 1 << 16;
    private static final long PIECE_BYTES = 1 << 24;
    private static final Pattern HEADER =
            Pattern.compile("\\{\\s*'descr':\\s*'([^']{1,8})',\\s*'fortran_order':\\s*(True"
                    + "|False),\\s*'shape':\\s*\\(([\\d, ]*)\\),?\\s*\\}\\s*");

    private NpyArray() {}

    /**
     * Fills {@code into} from a file.
     *
     * @throws InvalidInputException if the file does not hold exactly as many elements of that type
     */
    static void read(Path file, ElementType type, MemorySegment into) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException("There is no file " + file + ".");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer lead = bytes(channel, 0, 12, file);
            boolean magic = (lead.get() & 0xFF) == 0x93;
            for (char c : "NUMPY".toCharArray()) {
                magic &= lead.get() == c;
            }
            int version = lead.get();
            lead.get();
            if (!magic || version < 1 || version > 3) {
                throw refuse(file, "it does not begin as an .npy file of version 1 to 3");
            }
            long length = version == 1 ? lead.getShort() & 0xFFFF : lead.getInt() & 0xFFFF_FFFFL;
            if (length > HEADER_LIMIT) {
                throw refuse(file, "its header claims " + length + " bytes");
            }
            int start = version == 1 ? 10 : 12;
            String header = StandardCharsets.ISO_8859_1
                    .decode(bytes(channel, start, (int) length, file))
                    .toString();
            check(file, header, type, into.byteSize() / type.byteSize());
            long offset = start + length;
            if (channel.size() - offset != into.byteSize()) {
                throw refuse(
                        file,
                        "its data has " + (channel.size() - offset) + " bytes, " + into.byteSize() + " were expected");
            }
            try (Arena arena = Arena.ofConfined()) {
                into.copyFrom(channel.map(FileChannel.MapMode.READ_ONLY, offset, into.byteSize(), arena));
            }
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static ByteBuffer bytes(FileChannel channel, long offset, int count, Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw refuse(file, "it ends in its header");
            }
        }
        return bytes.flip();
    }

    private static void check(Path file, String header, ElementType type, long count) {
        Matcher parts = HEADER.matcher(header);
        if (!parts.matches()) {
            throw refuse(file, "its header does not describe an array of one plain type");
        }
        if (!parts.group(1).equals(type.numpy())) {
            throw refuse(
                    file,
                    "its elements are '" + parts.group(1) + "', but " + type.word() + " needs '" + type.numpy() + "'");
        }
        long elements = 1;
        int dimensions = 0;
        for (String extent : parts.group(3).replace(" ", "").split(",", -1)) {
            if (!extent.isEmpty()) {
                dimensions++;
                elements = extent.length() > 12 ? Long.MAX_VALUE : saturating(elements, Long.parseLong(extent));
            }
        }
        if (parts.group(2).equals("True") && dimensions > 1) {
            throw refuse(file, "it is in Fortran order; save numpy.ascontiguousarray of it");
        }
        if (elements != count) {
            throw refuse(file, "it has " + elements + " elements, the argument " + count);
        }
    }

    private static long saturating(long a, long b) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }

    /** Writes a vector. */
    static void write(Path file, ElementType type, MemorySegment from) throws IOException {
        long count = from.byteSize() / type.byteSize();
        String header = "{'descr': '" + type.numpy() + "', 'fortran_order': False, 'shape': (" + count + ",), }";
        int length = Math.ceilDiv(10 + header.length() + 1, 64) * 64 - 10;
        ByteBuffer lead = ByteBuffer.allocate(10 + length).order(ByteOrder.LITTLE_ENDIAN);
        lead.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) length);
        lead.put((header + " ".repeat(length - header.length() - 1) + "\n").getBytes(StandardCharsets.US_ASCII));
        try (WritableByteChannel channel = Files.newByteChannel(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(channel, lead.flip());
            for (long at = 0; at < from.byteSize(); at += PIECE_BYTES) {
                write(
                        channel,
                        from.asSlice(at, Math.min(PIECE_BYTES, from.byteSize() - at))
                                .asByteBuffer());
            }
        }
    }

    private static void write(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static InvalidInputException refuse(Path file, String reason) {
        return new InvalidInputException(file + " cannot be the argument: " + reason + ".");
    }
}

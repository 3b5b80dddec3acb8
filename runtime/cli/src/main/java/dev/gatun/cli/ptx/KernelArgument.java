package dev.gatun.cli.ptx;

import dev.gatun.ptx.EntryParameter;
import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One {@code --arg}: a number, or a buffer whose address the kernel gets. */
public sealed interface KernelArgument {
    ElementType type();

    /** As it was written. */
    String spec();

    /** A number. */
    record Scalar(String spec, ElementType type, long bits) implements KernelArgument {}

    /**
     * Device memory.
     *
     * @param fill {@code zeros}, {@code iota}, {@code random(SEED)} or {@code @FILE}
     * @param out  where its contents go after the launch; null for nowhere
     */
    record Buffer(
            String spec,
            ElementType type,
            long count,
            String fill,
            @Nullable Path out) implements KernelArgument {

        public long byteSize() {
            return count * type.byteSize();
        }

        /** The contents before the launch. */
        public void fill(MemorySegment memory) {
            if (fill.startsWith("@")) {
                NpyArray.read(path(fill.substring(1), spec), type, memory);
            } else if (fill.equals("zeros")) {
                memory.fill((byte) 0);
            } else if (fill.equals("iota")) {
                for (long i = 0; i < count; i++) {
                    put(memory, i, type.isFloat() ? type.bits((double) i) : i);
                }
            } else {
                Random random = new Random(Long.parseLong(fill.substring("random(".length(), fill.length() - 1)));
                for (long i = 0; i < count; i++) {
                    put(memory, i, type.isFloat() ? type.bits(2 * random.nextDouble() - 1) : random.nextLong());
                }
            }
        }

        /** The bits of an element. */
        public long get(MemorySegment memory, long index) {
            return switch (type.byteSize()) {
                case 1 -> memory.get(ValueLayout.JAVA_BYTE, index);
                case 2 -> memory.get(SHORT, 2 * index);
                case 4 -> memory.get(INT, 4 * index);
                default -> memory.get(LONG, 8 * index);
            };
        }

        private void put(MemorySegment memory, long index, long bits) {
            store(memory, index * type.byteSize(), type.byteSize(), bits);
        }

        /** Writes the contents to {@link #out}, if there is one. */
        public void save(MemorySegment memory) throws IOException {
            if (out != null) {
                NpyArray.write(out, type, memory);
            }
        }
    }

    ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    Pattern BUFFER = Pattern.compile(
            "buf:(\\w+):(\\d{1,12}):(zeros|iota|random\\(-?\\d{1,18}\\)|@.+?)(?::out=(.+))?", Pattern.DOTALL);
    String FORMS = "u32:5, s32:-1, u64:9, f32:1.5 or buf:TYPE:COUNT:zeros|iota|random(SEED)|@in.npy[:out=out.npy]";

    /**
     * Reads an argument.
     *
     * @throws InvalidInputException if it has none of the forms
     */
    static KernelArgument parse(String spec) {
        if (!spec.startsWith("buf:")) {
            int colon = spec.indexOf(':');
            if (colon < 0) {
                throw new InvalidInputException("--arg " + spec + " is not of the form " + FORMS + ".");
            }
            ElementType type = ElementType.parse(spec.substring(0, colon), spec);
            return new Scalar(spec, type, type.bits(spec.substring(colon + 1), spec));
        }
        Matcher parts = BUFFER.matcher(spec);
        if (!parts.matches() || Long.parseLong(parts.group(2)) == 0) {
            throw new InvalidInputException("--arg " + spec + " is not of the form " + FORMS + ", COUNT at least 1.");
        }
        ElementType type = ElementType.parse(parts.group(1), spec);
        String out = parts.group(4);
        return new Buffer(
                spec,
                type,
                Long.parseLong(parts.group(2)),
                parts.group(3),
                out == null ? null : writable(path(out, spec), spec));
    }

    private static Path path(String name, String spec) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new InvalidInputException("--arg " + spec + ": " + e.getMessage() + ".", e);
        }
    }

    /** Refuses early what could not be written after a long run. */
    private static Path writable(Path file, String spec) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isDirectory(folder)) {
            throw new InvalidInputException(
                    "--arg " + spec + ": there can be no file " + file + "; its folder must exist.");
        }
        return file;
    }

    /**
     * Refuses an argument that a parameter cannot take.
     *
     * @throws InvalidInputException naming both
     */
    default void check(EntryParameter parameter, int number) {
        boolean plain = parameter.byteSize() == parameter.type().byteSize();
        boolean fits = switch (this) {
            case Scalar scalar -> plain && type().fits(parameter.type());
            case Buffer buffer -> plain && ElementType.U64.fits(parameter.type());
        };
        if (!fits) {
            String wanted =
                    "." + parameter.type().suffix() + (plain ? "" : " array of " + parameter.byteSize() + " bytes");
            throw new InvalidInputException("Argument " + number + " is " + spec() + ", but parameter '"
                    + parameter.name() + "' is " + wanted + ".");
        }
    }

    /** Stores the low bytes of {@code bits}. */
    static void store(MemorySegment memory, long offset, int byteSize, long bits) {
        switch (byteSize) {
            case 1 -> memory.set(ValueLayout.JAVA_BYTE, offset, (byte) bits);
            case 2 -> memory.set(SHORT, offset, (short) bits);
            case 4 -> memory.set(INT, offset, (int) bits);
            default -> memory.set(LONG, offset, bits);
        }
    }
}

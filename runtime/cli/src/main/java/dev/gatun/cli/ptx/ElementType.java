package dev.gatun.cli.ptx;

import dev.gatun.ptx.PtxType;
import dev.gatun.runtime.InvalidInputException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A type of numbers that arguments and buffers are made of. */
public enum ElementType {
    U8(1, "|u1", Kind.UNSIGNED),
    S8(1, "|i1", Kind.SIGNED),
    U16(2, "<u2", Kind.UNSIGNED),
    S16(2, "<i2", Kind.SIGNED),
    F16(2, "<f2", Kind.FLOAT),
    /** NumPy has no such type; its bits travel as unsigned. */
    BF16(2, "<u2", Kind.FLOAT),
    U32(4, "<u4", Kind.UNSIGNED),
    S32(4, "<i4", Kind.SIGNED),
    F32(4, "<f4", Kind.FLOAT),
    U64(8, "<u8", Kind.UNSIGNED),
    S64(8, "<i8", Kind.SIGNED),
    F64(8, "<f8", Kind.FLOAT);

    private enum Kind {
        UNSIGNED,
        SIGNED,
        FLOAT
    }

    private final int byteSize;
    private final String numpy;
    private final Kind kind;

    ElementType(int byteSize, String numpy, Kind kind) {
        this.byteSize = byteSize;
        this.numpy = numpy;
        this.kind = kind;
    }

    /** The type called {@code word}. */
    static ElementType parse(String word, String spec) {
        for (ElementType type : values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        throw new InvalidInputException("--arg " + spec + ": '" + word + "' is no type; types are "
                + Arrays.stream(values()).map(ElementType::word).collect(Collectors.joining(" ")) + ".");
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public int byteSize() {
        return byteSize;
    }

    /** The name that NumPy's files give the type. */
    String numpy() {
        return numpy;
    }

    boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /** Whether a parameter of {@code type} takes a value of this one. */
    boolean fits(PtxType type) {
        boolean bits = type.kind() == PtxType.Kind.BITS;
        boolean floats = type.kind() == PtxType.Kind.FLOAT;
        return type.byteSize() == byteSize && (bits || floats == isFloat());
    }

    /** The bits of a number. */
    long bits(String text, String spec) {
        try {
            if (isFloat()) {
                return floatBits(text);
            }
            BigInteger value = text.matches("0[xX][0-9a-fA-F]+")
                    ? new BigInteger(text.substring(2), 16)
                    : new BigInteger(text.startsWith("+") ? text.substring(1) : text);
            BigInteger least = kind == Kind.SIGNED
                    ? BigInteger.ONE.shiftLeft(8 * byteSize - 1).negate()
                    : BigInteger.ZERO;
            BigInteger end = BigInteger.ONE.shiftLeft(kind == Kind.SIGNED ? 8 * byteSize - 1 : 8 * byteSize);
            if (value.compareTo(least) >= 0 && value.compareTo(end) < 0) {
                return value.longValue();
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new InvalidInputException("--arg " + spec + ": '" + text + "' is no number of type " + word() + ".");
    }

    private long floatBits(String text) {
        long bits = this == F32 ? Float.floatToRawIntBits(Float.parseFloat(text)) : bits(Double.parseDouble(text));
        boolean infinite = text(bits).endsWith("Infinity");
        if (infinite && !text.endsWith("Infinity")) {
            throw new NumberFormatException("too large");
        }
        return bits;
    }

    /** The bits of a number, rounded to the type; integers lose their upper bits. */
    long bits(double value) {
        return switch (this) {
            case F16 -> Float.floatToFloat16((float) value);
            case BF16 -> bfloat((float) value);
            case F32 -> Float.floatToRawIntBits((float) value);
            case F64 -> Double.doubleToRawLongBits(value);
            default -> (long) value;
        };
    }

    private static long bfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? 0x7FFF : (bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16;
    }

    /** The number that bits stand for, as text. */
    public String text(long bits) {
        return switch (this) {
            case U8 -> Long.toString(bits & 0xFF);
            case S8 -> Byte.toString((byte) bits);
            case U16 -> Long.toString(bits & 0xFFFF);
            case S16 -> Short.toString((short) bits);
            case F16 -> Float.toString(Float.float16ToFloat((short) bits));
            case BF16 -> Float.toString(Float.intBitsToFloat((int) bits << 16));
            case U32 -> Integer.toUnsignedString((int) bits);
            case S32 -> Integer.toString((int) bits);
            case F32 -> Float.toString(Float.intBitsToFloat((int) bits));
            case U64 -> Long.toUnsignedString(bits);
            case S64 -> Long.toString(bits);
            case F64 -> Double.toString(Double.longBitsToDouble(bits));
        };
    }
}

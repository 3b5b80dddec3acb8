package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.TestKernel;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversions of narrow floats, each over all that the narrow side can be, against arithmetic written here apart. */
class ConversionTest {
    private static final int HALVES = 1 << 16;
    private static final String ONE_NAN =
            " mov.b32 %r1, %f1; setp.nan.f32 %p0, %f1, %f1; selp.b32 %r1, 0x7FFFFFFF, %r1, %p0;";

    /** Runs {@code instruction} from %r0 (its low half is %h0, as a float it is %f0) to %r1 on every input. */
    private static int[] convert(String instruction, int[] inputs) {
        String body = """
                mov.u32 %%r2, %%ctaid.x; mad.lo.u32 %%r2, %%r2, 256, %%t; mul.wide.u32 %%d0, %%r2, 4;
                add.u64 %%d1, %%in, %%d0; add.u64 %%d2, %%out, %%d0; ld.global.b32 %%r0, [%%d1];
                mov.b32 {%%h0, %%h1}, %%r0; mov.b32 %%f0, %%r0; mov.u32 %%r1, 0; mov.b16 %%h2, 0; mov.b16 %%h3, 0;
                %s
                st.global.b32 [%%d2], %%r1;
                """.formatted(instruction);
        return TestKernel.run(
                TestKernel.module(body),
                Dim3.of(inputs.length / 256),
                Dim3.of(256),
                inputs,
                inputs.length,
                LaunchOptions.DEFAULT);
    }

    private static void assertAll(String instruction, int[] inputs, IntUnaryOperator expected) {
        int[] results = convert(instruction, inputs);
        for (int n = 0; n < inputs.length; n++) {
            int input = inputs[n];
            assertEquals(
                    Integer.toHexString(expected.applyAsInt(input)),
                    Integer.toHexString(results[n]),
                    () -> instruction + " of 0x" + Integer.toHexString(input));
        }
    }

    private static int[] everyHalf() {
        int[] inputs = new int[HALVES];
        Arrays.setAll(inputs, n -> n);
        return inputs;
    }

    /** Floats at every value of a narrow format, halfway to the next, and one step to either side of both. */
    private static int[] around(int codes, DoubleUnaryOperator value) {
        int[] inputs = new int[codes * 12];
        for (int code = 0; code < codes; code++) {
            float at = (float) value.applyAsDouble(code);
            float next = (float) value.applyAsDouble(code + 1);
            float middle = Float.isFinite(next) ? (float) ((at + (double) next) / 2) : at * 1.001f;
            float[] near = {at, Math.nextUp(at), Math.nextDown(at), middle, Math.nextUp(middle), Math.nextDown(middle)};
            for (int i = 0; i < near.length; i++) {
                inputs[12 * code + i] = Float.floatToRawIntBits(near[i]);
                inputs[12 * code + 6 + i] = Float.floatToRawIntBits(-near[i]);
            }
        }
        return inputs;
    }

    @Test
    void everyHalfWidens() {
        assertAll("cvt.f32.f16 %f1, %h0;" + ONE_NAN, everyHalf(), half -> {
            float value = Float.float16ToFloat((short) half);
            return Float.isNaN(value) ? 0x7FFF_FFFF : Float.floatToRawIntBits(value);
        });
    }

    @Test
    void everyBrainFloatWidens() {
        assertAll("cvt.f32.bf16 %f1, %h0;" + ONE_NAN, everyHalf(), half -> {
            float value = Float.intBitsToFloat(half << 16);
            return Float.isNaN(value) ? 0x7FFF_FFFF : half << 16;
        });
    }

    private static int half(float value) {
        return Float.isNaN(value) ? 0x7FFF : Float.floatToFloat16(value) & 0xFFFF;
    }

    private static int truncatedHalf(float value) {
        int nearest = half(value);
        boolean tooFar = Math.abs(Float.float16ToFloat((short) nearest)) > Math.abs(value);
        return tooFar || ((nearest & 0x7FFF) == 0x7C00 && Float.isFinite(value)) ? nearest - 1 : nearest;
    }

    private static int brain(int bits) {
        return Float.isNaN(Float.intBitsToFloat(bits))
                ? 0x7FFF
                : ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16) & 0xFFFF;
    }

    @Test
    void floatsRoundToHalvesAtEveryBorder() {
        int[] inputs = around(0x7C00, code -> Float.float16ToFloat((short) code));
        assertAll(
                "cvt.rn.f16.f32 %h2, %f0; mov.b32 %r1, {%h2, %h3};", inputs, bits -> half(Float.intBitsToFloat(bits)));
        assertAll(
                "cvt.rz.f16.f32 %h2, %f0; mov.b32 %r1, {%h2, %h3};",
                inputs, bits -> truncatedHalf(Float.intBitsToFloat(bits)));
        assertAll("cvt.rn.f16x2.f32 %r1, %f0, %f0;", inputs, bits -> half(Float.intBitsToFloat(bits)) * 0x10001);
    }

    @Test
    void floatsRoundToBrainFloatsAtEveryBorder() {
        int[] inputs = around(0x7F80, code -> Float.intBitsToFloat((int) code << 16));
        assertAll("cvt.rn.bf16.f32 %h2, %f0; mov.b32 %r1, {%h2, %h3};", inputs, ConversionTest::brain);
        assertAll(
                "cvt.rz.bf16.f32 %h2, %f0; mov.b32 %r1, {%h2, %h3};",
                inputs, bits -> Float.isNaN(Float.intBitsToFloat(bits)) ? 0x7FFF : bits >>> 16);
    }

    /** The value of an 8-bit float without its sign. */
    private static double byteValue(int code, int fractionBits) {
        int exponent = code >> fractionBits;
        int fraction = code & ((1 << fractionBits) - 1);
        int bias = fractionBits == 3 ? 7 : 15;
        return exponent == 0
                ? Math.scalb((double) fraction, 1 - bias - fractionBits)
                : Math.scalb((double) (fraction + (1 << fractionBits)), exponent - bias - fractionBits);
    }

    private static int largest(int fractionBits) {
        return fractionBits == 3 ? 0x7E : 0x7B;
    }

    /** The nearest 8-bit float by search, the even one between two as near; the largest instead of what is larger. */
    private static int nearestByte(float value, int fractionBits) {
        if (Float.isNaN(value)) {
            return 0x7F;
        }
        int best = 0;
        for (int code = 1; code <= largest(fractionBits); code++) {
            double distance = Math.abs(Math.abs((double) value) - byteValue(code, fractionBits));
            double least = Math.abs(Math.abs((double) value) - byteValue(best, fractionBits));
            if (distance < least || (distance == least && (code & 1) == 0)) {
                best = code;
            }
        }
        best = Math.abs(value) >= byteValue(largest(fractionBits), fractionBits) ? largest(fractionBits) : best;
        return best | (Float.floatToRawIntBits(value) < 0 ? 0x80 : 0);
    }

    @ParameterizedTest
    @CsvSource({"e4m3x2, 3", "e5m2x2, 2"})
    void everyPairOfBytesWidens(String type, int fractionBits) {
        assertAll("cvt.rn.f16x2." + type + " %r1, %h0;", everyHalf(), pair -> {
            int low = widened(pair & 0xFF, fractionBits);
            return low | widened(pair >>> 8, fractionBits) << 16;
        });
    }

    private static int widened(int code, int fractionBits) {
        int magnitude = code & 0x7F;
        if (magnitude > largest(fractionBits)) {
            boolean infinite = fractionBits == 2 && magnitude == 0x7C;
            return infinite ? 0x7C00 | (code & 0x80) << 8 : 0x7FFF;
        }
        return half((float) byteValue(magnitude, fractionBits)) | (code & 0x80) << 8;
    }

    @ParameterizedTest
    @CsvSource({"e4m3x2, 3", "e5m2x2, 2"})
    void everyHalfNarrowsToBytes(String type, int fractionBits) {
        assertAll(
                "cvt.rn.satfinite." + type + ".f16x2 %h2, %r0; mov.b32 %r1, {%h2, %h3};",
                everyHalf(),
                half -> nearestByte(Float.float16ToFloat((short) half), fractionBits));
    }

    @ParameterizedTest
    @CsvSource({"e4m3x2, 3", "e5m2x2, 2"})
    void floatsRoundToBytesAtEveryBorder(String type, int fractionBits) {
        int[] near = around(largest(fractionBits) + 1, code -> byteValue((int) code, fractionBits));
        int[] inputs = Arrays.copyOf(near, (near.length + 1024) & -256);
        int n = near.length;
        for (float odd :
                new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f, Float.MIN_VALUE}) {
            inputs[n++] = Float.floatToRawIntBits(odd);
        }
        assertAll(
                "cvt.rn.satfinite." + type + ".f32 %h2, %f0, %f0; mov.b32 %r1, {%h2, %h3};",
                inputs,
                bits -> nearestByte(Float.intBitsToFloat(bits), fractionBits) * 0x101);
    }
}

package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs one instruction a line of {@code instructions.txt}: {@code opcode | result type | operands | expected bits}.
 *
 * <p>An operand is {@code letter:value}: h, w, d are registers of 16, 32 and 64 bits, f and g floats, p a predicate; a
 * value without a letter is a constant in the text. Full warps and single lanes are both tried.
 */
class InstructionTest {
    private static final String HEAD = """
            .version 8.4 .target sm_90a .address_size 64
            .visible .entry k(.param .u64 in, .param .u64 out) {
            .reg .b64 %in, %out, %lane64; .reg .u32 %lane; .reg .pred %result_p; .reg .b32 %flag;
            ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; mov.u32 %lane, %tid.x;
            mul.wide.u32 %lane64, %lane, 8; add.u64 %out, %out, %lane64;
            """;

    static Stream<String> instructions() throws IOException {
        try (InputStream stream = InstructionTest.class.getResourceAsStream("instructions.txt")) {
            String text = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(line -> !line.isBlank() && !line.startsWith("#"));
        }
    }

    @ParameterizedTest
    @MethodSource("instructions")
    void givesTheResultOfTheIsa(String line) {
        String[] parts = line.split("\\|", -1);
        List<String> operands = new ArrayList<>();
        for (String operand : parts[2].strip().split("\\s+", -1)) {
            if (!operand.isEmpty()) {
                operands.add(operand);
            }
        }
        String result = parts[1].strip();
        PtxEntry entry =
                PtxModule.parse(kernel(parts[0].strip(), result, operands)).entry("k");
        long expected = bits(result + ":" + parts[3].strip());
        assertEquals(hex(expected), hex(run(entry, operands, 32)), () -> "in a full warp: " + line);
        assertEquals(hex(expected), hex(run(entry, operands, 1)), () -> "in a single lane: " + line);
    }

    private static String hex(long bits) {
        return "0x" + Long.toHexString(bits);
    }

    private static long run(PtxEntry entry, List<String> operands, int threads) {
        try (PtxMachine machine = new PtxMachine()) {
            long[] inputs = new long[Math.max(1, operands.size())];
            for (int n = 0; n < operands.size(); n++) {
                inputs[n] = operands.get(n).indexOf(':') == 1 ? bits(operands.get(n)) : 0;
            }
            long in = machine.allocate(8L * inputs.length);
            long out = machine.allocate(8L * threads);
            machine.copyIn(in, MemorySegment.ofArray(inputs));
            machine.launch(entry, Dim3.of(1), Dim3.of(threads), 0, MemorySegment.ofArray(new long[] {in, out}));
            long[] results = new long[threads];
            machine.copyOut(MemorySegment.ofArray(results), out);
            for (long other : results) {
                assertEquals(results[0], other);
            }
            return results[0];
        }
    }

    private static long bits(String operand) {
        String value = operand.substring(2);
        if (value.startsWith("0x")) {
            return Long.parseUnsignedLong(value.substring(2), 16);
        }
        return switch (operand.charAt(0)) {
            case 'f' -> Integer.toUnsignedLong(Float.floatToRawIntBits(Float.parseFloat(value)));
            case 'g' -> Double.doubleToRawLongBits(Double.parseDouble(value));
            case 'h' -> Long.parseLong(value) & 0xFFFF;
            case 'w' -> Long.parseLong(value) & 0xFFFF_FFFFL;
            default -> Long.parseLong(value);
        };
    }

    private static String type(char letter) {
        return switch (letter) {
            case 'h' -> "b16";
            case 'w' -> "b32";
            case 'd' -> "b64";
            case 'f' -> "f32";
            case 'g' -> "f64";
            default -> throw new IllegalArgumentException("type " + letter);
        };
    }

    private static String kernel(String opcode, String result, List<String> operands) {
        StringBuilder text = new StringBuilder(HEAD);
        List<String> names = new ArrayList<>();
        for (int n = 0; n < operands.size(); n++) {
            String operand = operands.get(n);
            if (operand.indexOf(':') != 1) {
                names.add(operand);
            } else if (operand.charAt(0) == 'p') {
                text.append(".reg .pred %p")
                        .append(n)
                        .append("; ld.global.b32 %flag, [%in+")
                        .append(8 * n);
                text.append("]; setp.ne.u32 %p").append(n).append(", %flag, 0;\n");
                names.add("%p" + n);
            } else {
                String type = type(operand.charAt(0));
                text.append(".reg .")
                        .append(type)
                        .append(" %a")
                        .append(n)
                        .append("; ld.global.")
                        .append(type);
                text.append(" %a").append(n).append(", [%in+").append(8 * n).append("];\n");
                names.add("%a" + n);
            }
        }
        boolean predicate = result.equals("p");
        String type = predicate ? "b32" : type(result.charAt(0));
        text.append(".reg .")
                .append(type)
                .append(" %result; .reg .b64 %zero; mov.b64 %zero, 0; st.global.b64 [%out], %zero;\n");
        text.append(opcode)
                .append(predicate ? " %result_p, " : " %result, ")
                .append(String.join(", ", names))
                .append(";\n");
        if (predicate) {
            text.append("selp.b32 %result, 1, 0, %result_p;\n");
        }
        return text.append("st.global.")
                .append(type)
                .append(" [%out], %result;\nret;\n}\n")
                .toString();
    }
}

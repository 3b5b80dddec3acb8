package dev.gatun.ptx.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ptx.Dim3;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.PtxModule;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * One instruction in one line: {@code opcode | result type | operands | expected bits}.
 *
 * <p>An operand is {@code letter:value}: h, w, d are registers of 16, 32 and 64 bits, f and g floats, p a predicate; a
 * value without a letter is a constant in the text. {@code low..high} expects a float in between, ends included. Full
 * warps and single lanes are both tried.
 */
record OneInstruction(String line, String mnemonic, String result, List<String> operands, String expected)
        implements FormProgram {
    private static final String HEAD = """
            .version 8.4 .target sm_90a .address_size 64
            .visible .entry k(.param .u64 in, .param .u64 out) {
            .reg .b64 %in, %out, %lane64; .reg .u32 %lane; .reg .pred %result_p; .reg .b32 %flag;
            ld.param.u64 %in, [in]; ld.param.u64 %out, [out]; mov.u32 %lane, %tid.x;
            mul.wide.u32 %lane64, %lane, 8; add.u64 %out, %out, %lane64;
            """;

    static OneInstruction of(String line) {
        String[] parts = line.split("\\|", -1);
        List<String> operands = new ArrayList<>();
        for (String operand : parts[2].strip().split("\\s+", -1)) {
            if (!operand.isEmpty()) {
                operands.add(operand);
            }
        }
        return new OneInstruction(line, parts[0].strip(), parts[1].strip(), operands, parts[3].strip());
    }

    @Override
    public boolean isAbout(String other) {
        return mnemonic.equals(other);
    }

    @Override
    public String toString() {
        return line;
    }

    @Override
    public void check(LaunchOptions options) {
        PtxEntry entry = PtxModule.parse(kernel()).entry("k");
        check(run(entry, 32, options), "in a full warp: ");
        check(run(entry, 1, options), "in a single lane: ");
    }

    private void check(long bits, String where) {
        int range = expected.indexOf("..");
        if (range < 0) {
            assertEquals(hex(bits(result + ":" + expected)), hex(bits), () -> where + line);
            return;
        }
        double value = result.equals("f") ? Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
        double low = Double.parseDouble(expected.substring(0, range));
        double high = Double.parseDouble(expected.substring(range + 2));
        assertTrue(value >= low && value <= high, () -> value + " " + where + line);
    }

    private static String hex(long bits) {
        return "0x" + Long.toHexString(bits);
    }

    private long run(PtxEntry entry, int threads, LaunchOptions options) {
        try (PtxMachine machine = new PtxMachine()) {
            long[] inputs = new long[Math.max(1, operands.size())];
            for (int n = 0; n < operands.size(); n++) {
                inputs[n] = operands.get(n).indexOf(':') == 1 ? bits(operands.get(n)) : 0;
            }
            long in = machine.allocate(8L * inputs.length);
            long out = machine.allocate(8L * threads);
            machine.copyIn(in, MemorySegment.ofArray(inputs));
            MemorySegment parameters = MemorySegment.ofArray(new long[] {in, out});
            machine.launch(entry, Dim3.of(1), Dim3.of(threads), 0, parameters, options);
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

    private String kernel() {
        StringBuilder text = new StringBuilder(HEAD);
        List<String> names = new ArrayList<>();
        for (int n = 0; n < operands.size(); n++) {
            String operand = operands.get(n);
            if (operand.indexOf(':') != 1) {
                names.add(operand);
            } else if (operand.charAt(0) == 'p') {
                text.append(".reg .pred %p").append(n).append("; ld.global.b32 %flag, [%in+");
                text.append(8 * n).append("]; setp.ne.u32 %p").append(n).append(", %flag, 0;\n");
                names.add("%p" + n);
            } else {
                String type = type(operand.charAt(0));
                text.append(".reg .").append(type).append(" %a").append(n);
                text.append("; ld.global.").append(type).append(" %a").append(n);
                text.append(", [%in+").append(8 * n).append("];\n");
                names.add("%a" + n);
            }
        }
        boolean predicate = result.equals("p");
        String type = predicate ? "b32" : type(result.charAt(0));
        text.append(".reg .").append(type);
        text.append(" %result; .reg .b64 %zero; mov.b64 %zero, 0; st.global.b64 [%out], %zero;\n");
        text.append(mnemonic).append(predicate ? " %result_p, " : " %result, ");
        text.append(String.join(", ", names)).append(";\n");
        if (predicate) {
            text.append("selp.b32 %result, 1, 0, %result_p;\n");
        }
        return text.append("st.global.")
                .append(type)
                .append(" [%out], %result;\nret;\n}\n")
                .toString();
    }
}

package dev.gatun.kernels.cpu.asm;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Writes instructions of a form as text: every register in every place, displacements, masks, broadcasts. */
final class FormSamples {
    private static final String[] R64 = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };
    private static final String[] R32 = {
        "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d",
        "r15d"
    };
    private static final int[] DISPLACEMENTS = {
        0,
        1,
        -1,
        4,
        8,
        16,
        32,
        64,
        -64,
        127,
        128,
        -128,
        -129,
        252,
        256,
        508,
        512,
        1016,
        1024,
        2032,
        2048,
        4064,
        4096,
        8128,
        8192,
        -8192,
        -8256,
        0x12345678
    };
    private static final String[] SIZES = {"", "byte", "word", "", "dword", "", "", "", "qword"};

    private final Random random;

    FormSamples(long seed) {
        this.random = new Random(seed);
    }

    Set<String> of(Form form, int count) {
        Set<String> lines = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            lines.add(line(form, i));
        }
        return lines;
    }

    private String line(Form form, int i) {
        List<String> words = new ArrayList<>();
        for (int p = 0; p < form.operands().size(); p++) {
            String word = operand(form, form.operands().get(p), i + 7 * p);
            if (p == 0 && form.encoding() == Form.Encoding.EVEX && i % 3 == 1) {
                boolean vector = word.startsWith("xmm") || word.startsWith("ymm") || word.startsWith("zmm");
                word += "{k" + (1 + i % 7) + "}" + (vector && i % 2 == 0 ? "{z}" : "");
            }
            words.add(word);
        }
        return form.mnemonic() + " " + String.join(", ", words);
    }

    private String operand(Form form, Pattern pattern, int i) {
        if (pattern.number() != null) {
            return number(pattern.number(), i);
        }
        Operand.Kind register = pattern.register();
        boolean memory = pattern.memoryByteSize() != 0 && (register == null || i % 2 == 0);
        if (!memory && register != null) {
            return register(form, pattern, register, i);
        }
        if (pattern.broadcasts() && form.encoding() == Form.Encoding.EVEX && i % 4 == 0) {
            return address() + "{1to" + form.length() / 4 + "}";
        }
        String size = pattern.wantsSize() ? SIZES[pattern.memoryByteSize()] + " ptr " : "";
        return size + address();
    }

    private String register(Form form, Pattern pattern, Operand.Kind kind, int i) {
        if (pattern.onlyNumber() >= 0) {
            return kind == Operand.Kind.R64 ? R64[pattern.onlyNumber()] : R32[pattern.onlyNumber()];
        }
        int vectors = form.encoding() == Form.Encoding.EVEX ? 32 : 16;
        return switch (kind) {
            case R64 -> R64[(i + random.nextInt(16)) % 16];
            case R32 -> R32[(i + random.nextInt(16)) % 16];
            case MASK -> "k" + random.nextInt(8);
            case XMM -> "xmm" + random.nextInt(vectors);
            case YMM -> "ymm" + random.nextInt(vectors);
            case ZMM -> "zmm" + random.nextInt(vectors);
        };
    }

    private String number(Pattern.Range number, int i) {
        long value = switch (number) {
            case ONE -> 1;
            case S8 -> random.nextInt(256) - 128;
            case U8 -> 2 + random.nextInt(200);
            case S32 -> random.nextBoolean() ? Integer.MIN_VALUE + random.nextInt(1000) : 1000 + random.nextInt();
            case I32 -> random.nextInt() & 0xffffffffL;
            case I64 -> random.nextLong() | 1L << 40;
        };
        return i % 2 == 0 && value >= 0 ? "0x" + Long.toHexString(value) : Long.toString(value);
    }

    private String address() {
        String base = R64[random.nextInt(16)];
        String index = R64[(5 + random.nextInt(15)) % 16]; // not rsp
        int displacement = DISPLACEMENTS[random.nextInt(DISPLACEMENTS.length)];
        String tail = displacement < 0 ? " - " + -displacement : displacement > 0 ? " + " + displacement : "";
        int scale = 1 << random.nextInt(4);
        return switch (random.nextInt(5)) {
            case 0, 1 -> "[" + base + tail + "]";
            case 2 -> "[" + base + " + " + index + tail + "]";
            case 3 -> "[" + base + " + " + index + "*" + scale + tail + "]";
            default -> "[" + index + "*" + scale + " + " + displacement + "]";
        };
    }
}

package dev.gatun.kernels.cpu.asm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The table of forms, read from {@code forms.txt}: by mnemonic, the preferred form first. */
final class Forms {
    private static final String RESOURCE = "/dev/gatun/kernels/cpu/asm/x86_64/forms.txt";
    private static final List<String> PREFIXES = List.of("np", "66", "f3", "f2");
    private static final List<String> MAPS = List.of("", "0f", "0f38", "0f3a");
    private static final Map<String, List<Form>> BY_MNEMONIC = read();

    private Forms() {}

    static List<Form> of(String mnemonic) {
        return BY_MNEMONIC.getOrDefault(mnemonic, List.of());
    }

    static List<Form> all() {
        return BY_MNEMONIC.values().stream().flatMap(List::stream).toList();
    }

    private static Map<String, List<Form>> read() {
        try (InputStream in = Forms.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + RESOURCE);
            }
            Map<String, List<Form>> forms = new LinkedHashMap<>();
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            for (String line : text.lines().toList()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] words = line.split(" ", -1);
                    forms.computeIfAbsent(words[0], k -> new ArrayList<>()).addAll(expand(words));
                }
            }
            return forms;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The forms one line stands for. */
    private static List<Form> expand(String[] words) {
        List<Form> forms = new ArrayList<>();
        boolean vector = words[3].endsWith("vex") || words[3].equals("both");
        List<String> operands = words[1].equals("-") ? List.of() : List.of(words[1].split(",", -1));
        boolean bySize = operands.stream()
                .anyMatch(o -> List.of("r", "rm", "m", "m!", "a").contains(o));
        boolean byLength = operands.stream().anyMatch(o -> o.contains("V"));
        if (!vector) {
            for (int size : bySize ? new int[] {4, 8} : new int[] {words[1].startsWith("r64") ? 8 : 4}) {
                forms.add(form(
                        words,
                        operands,
                        size,
                        16,
                        words[3].equals("jump") ? Form.Encoding.JUMP : Form.Encoding.LEGACY));
            }
            return forms;
        }
        boolean noXmm = words[words.length - 1].equals("yz");
        int fixed = operands.contains("z") ? 64 : operands.contains("y") ? 32 : 16;
        for (Form.Encoding encoding : List.of(Form.Encoding.VEX, Form.Encoding.EVEX)) {
            if (!words[3].equals("both") && !words[3].toUpperCase(Locale.ROOT).equals(encoding.name())) {
                continue;
            }
            for (int size : bySize ? new int[] {4, 8} : new int[] {4}) {
                int longest = encoding == Form.Encoding.VEX ? 32 : 64;
                for (int length = byLength ? noXmm ? 32 : 16 : fixed; length <= longest; length *= 2) {
                    forms.add(form(words, operands, size, length, encoding));
                    if (!byLength) {
                        break;
                    }
                }
            }
        }
        return forms;
    }

    private static Form form(String[] words, List<String> operands, int size, int length, Form.Encoding encoding) {
        boolean vector = encoding == Form.Encoding.VEX || encoding == Form.Encoding.EVEX;
        List<Pattern> patterns =
                operands.stream().map(o -> pattern(o, size, length)).toList();
        String[] code = words[vector ? 6 : 4].split("/", -1);
        String[] space = vector ? words[4].split("\\.", -1) : new String[] {"np", ""};
        int comma = vector ? words[5].indexOf(',') : -1;
        String width = !vector || comma < 0
                ? words[vector ? 5 : 4]
                : encoding == Form.Encoding.VEX ? words[5].substring(0, comma) : words[5].substring(comma + 1);
        boolean wide =
                vector ? width.equals("1") || (width.equals("s") && size == 8) : size == 8 && words[3].equals("int");
        int swapped =
                words.length > 7 && words[7].startsWith("swap=") ? Integer.parseInt(words[7].substring(5), 16) : -1;
        return new Form(
                words[0],
                patterns,
                words[2].equals("-") ? "-".repeat(operands.size()) : words[2],
                encoding,
                PREFIXES.indexOf(space[0]),
                MAPS.indexOf(space[1]),
                wide,
                Integer.parseInt(code[0], 16),
                code.length > 1 ? Integer.parseInt(code[1]) : -1,
                swapped,
                length);
    }

    private static Pattern pattern(String operand, int size, int length) {
        Operand.Kind general = size == 8 ? Operand.Kind.R64 : Operand.Kind.R32;
        return switch (operand) {
            case "r" -> register(general, 0, false);
            case "rm" -> register(general, size, false);
            case "a" -> new Pattern(general, 0, 0, false, false, null, false);
            case "r32" -> register(Operand.Kind.R32, 0, false);
            case "r64" -> register(Operand.Kind.R64, 0, false);
            case "k" -> register(Operand.Kind.MASK, 0, false);
            case "x" -> register(Operand.Kind.XMM, 0, false);
            case "xm4" -> register(Operand.Kind.XMM, 4, false);
            case "xm8" -> register(Operand.Kind.XMM, 8, false);
            case "xm16" -> register(Operand.Kind.XMM, 16, false);
            case "y" -> register(Operand.Kind.YMM, 0, false);
            case "ym32" -> register(Operand.Kind.YMM, 32, false);
            case "z" -> register(Operand.Kind.ZMM, 0, false);
            case "V" -> register(vector(length), 0, false);
            case "Vm" -> register(vector(length), length, false);
            case "Vb" -> register(vector(length), length, true);
            case "Hm" -> register(vector(length / 2), length / 2, false);
            case "Qm" -> register(vector(length / 4), length / 4, false);
            case "m" -> memory(size, false);
            case "m!" -> memory(size, true);
            case "mV" -> memory(length, false);
            case "mem" -> memory(-1, false);
            case "m1", "m2", "m4", "m8" -> memory(operand.charAt(1) - '0', false);
            case "m1!", "m2!", "m4!" -> memory(operand.charAt(1) - '0', true);
            case "1" -> number(Pattern.Range.ONE);
            case "s8" -> number(Pattern.Range.S8);
            case "u8" -> number(Pattern.Range.U8);
            case "s32" -> number(Pattern.Range.S32);
            case "i32" -> number(Pattern.Range.I32);
            case "i64" -> number(Pattern.Range.I64);
            case "label" -> new Pattern(null, -1, 0, false, false, null, true);
            default -> throw new IllegalStateException("unknown operand in " + RESOURCE + ": " + operand);
        };
    }

    private static Pattern register(Operand.Kind kind, int memoryByteSize, boolean broadcasts) {
        return new Pattern(kind, -1, memoryByteSize, false, broadcasts, null, false);
    }

    private static Pattern memory(int byteSize, boolean wantsSize) {
        return new Pattern(null, -1, byteSize, wantsSize, false, null, false);
    }

    private static Pattern number(Pattern.Range number) {
        return new Pattern(null, -1, 0, false, false, number, false);
    }

    /** Halves and quarters of 128 bits lie in an xmm register. */
    private static Operand.Kind vector(int length) {
        return length == 64 ? Operand.Kind.ZMM : length == 32 ? Operand.Kind.YMM : Operand.Kind.XMM;
    }
}

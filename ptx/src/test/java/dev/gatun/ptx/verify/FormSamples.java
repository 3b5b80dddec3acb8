package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes instructions that use each row of the table: every choice of every slot at least once, and all pairs of the type
 * slots.
 */
public final class FormSamples {
    private FormSamples() {}

    /** A kernel that holds every sample; instruction {@code i} is on line {@link #FIRST_LINE} + i. */
    public static String module(String version, String target, List<String> instructions) {
        return HEADER.formatted(version, target) + String.join("\n", instructions) + "\ndone:\n ret;\n}\n";
    }

    private static final String HEADER = """
            .version %s
            .target %s
            .address_size 64
            .const .align 16 .b8 constant[64];
            .visible .entry sample(.param .align 16 .b8 parameter[64]) {
            .reg .pred %%p<8>; .reg .b16 %%b16_<8>; .reg .b32 %%b32_<128>; .reg .b64 %%b64_<8>; .reg .u16 %%u16_<8>; .reg .u32 %%u32_<8>;
            .reg .u64 %%u64_<8>; .reg .s16 %%s16_<8>; .reg .s32 %%s32_<128>; .reg .s64 %%s64_<8>; .reg .f32 %%f32_<128>; .reg .f64 %%f64_<8>;
            .shared .align 16 .b8 tile[64]; .local .align 16 .b8 frame[64]; .param .align 16 .b8 argument[64]; choices: .branchtargets done, done;
            """;

    public static final int FIRST_LINE = (int) HEADER.lines().count() + 1;

    public static List<String> of(Form form) {
        List<List<String>> combinations = new ArrayList<>();
        List<ModifierSlot> slots = form.modifiers();
        List<Integer> typeSlots = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            if (PtxType.of(slots.get(i).choices().get(0)) != null
                    && slots.get(i).choices().size() > 1) {
                typeSlots.add(i);
            }
        }
        List<String> first = slots.stream()
                .map(slot -> slot.optional() ? "" : slot.choices().get(0))
                .toList();
        addPairs(combinations, first, slots, typeSlots);
        for (int i = 0; i < slots.size(); i++) {
            for (String choice : slots.get(i).choices()) {
                List<String> words = new ArrayList<>(first);
                words.set(i, choice);
                if (form.opcode().equals("cvt")
                        && choice.equals("sat")
                        && words.get(i + 1).equals(words.get(i + 2))) {
                    words.set(i + 2, slots.get(i + 2).choices().getLast()); // between equal types .sat is not allowed
                }
                combinations.add(words);
            }
        }
        Set<String> samples = new LinkedHashSet<>();
        for (List<String> words : combinations) {
            List<String> written =
                    words.stream().filter(word -> !word.isEmpty()).toList();
            Selection selection = form.match(written);
            if (selection == null) {
                throw new AssertionError(form.pattern() + " does not match its own " + written);
            }
            samples.add(instruction(form, written, selection, true));
            samples.add(instruction(form, written, selection, false));
        }
        return List.copyOf(samples);
    }

    private static void addPairs(
            List<List<String>> into, List<String> first, List<ModifierSlot> slots, List<Integer> typeSlots) {
        if (typeSlots.size() < 2) {
            into.add(first);
            return;
        }
        for (String a : slots.get(typeSlots.get(0)).choices()) {
            for (String b : slots.get(typeSlots.get(1)).choices()) {
                List<String> words = new ArrayList<>(first);
                words.set(typeSlots.get(0), a);
                words.set(typeSlots.get(1), b);
                into.add(words);
            }
        }
    }

    private static String instruction(Form form, List<String> words, Selection selection, boolean withOptional) {
        List<String> operands = new ArrayList<>();
        int number = 0;
        for (OperandSlot slot : form.operands()) {
            if (slot.isPresent(selection) && (withOptional || !slot.optional())) {
                operands.add(operand(form, slot, selection, number++, words, withOptional));
            }
        }
        return form.opcode() + words.stream().map(word -> "." + word).collect(Collectors.joining()) + " "
                + String.join(", ", operands) + ";";
    }

    private static String operand(
            Form form, OperandSlot slot, Selection selection, int number, List<String> words, boolean withOptional) {
        String text = switch (slot.kind()) {
            case PREDICATE -> "%p" + number;
            case NEGATABLE -> (withOptional ? "!" : "") + "%p" + number;
            case LABEL -> "done";
            case TARGETS -> "choices";
            case CONSTANT -> form.opcode().equals("wgmma") ? "1" : constant(words);
            case ADDRESS -> address(form, slot, selection);
            case TENSOR -> "[%b64_7, {" + "%s32_1, ".repeat(slot.count(selection) - 1) + "%s32_2}]";
            case SINK -> "_";
            case PACK -> "{" + part(selection, 0) + ", " + part(selection, 1) + "}";
            case VALUE -> value(slot, selection, number);
        };
        boolean needsPair = form.opcode().equals("elect")
                || (form.opcode().equals("lop3") && words.size() > 1)
                || words.stream().anyMatch(word -> word.endsWith("x2"));
        return slot.withPredicate() && (withOptional || needsPair) ? text + "|%p7" : text;
    }

    private static String constant(List<String> words) {
        if (words.contains("tensormap::generic")) {
            return "128";
        }
        if (words.contains("async")) {
            return words.stream().anyMatch(word -> word.startsWith("wait")) ? "1" : "16";
        }
        if (words.contains("inc") || words.contains("dec")) {
            return "32";
        }
        boolean wholeLine = words.contains("L2") || words.contains("L2::evict_normal");
        return wholeLine ? "128" : "8";
    }

    private static String address(Form form, OperandSlot slot, Selection selection) {
        return switch (OperandResolver.space(slot, selection)) {
            case PARAM -> form.opcode().equals("st") ? "[argument+16]" : "[parameter+16]";
            case SHARED -> "[tile+16]";
            case LOCAL -> "[frame+16]";
            case CONST -> "[constant+16]";
            default -> "[%b64_7+16]";
        };
    }

    private static String part(Selection selection, int index) {
        return switch (selection.type("T").byteSize()) {
            case 8 -> "%b32_" + (4 + index);
            case 4 -> "%b16_" + (4 + index);
            default -> throw new IllegalArgumentException("packs bytes");
        };
    }

    private static String value(OperandSlot slot, Selection selection, int number) {
        PtxType type = slot.type(selection);
        if (type == null) {
            throw new AssertionError(slot.text());
        }
        int count = slot.count(selection);
        if (count == 0) {
            return register(type, number);
        }
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(register(type, count > 8 ? i : (number + i) % 8));
        }
        return "{" + String.join(", ", elements) + "}";
    }

    private static String register(PtxType type, int number) {
        String name = switch (type) {
            case F16, BF16, E4M3X2, E5M2X2, B8 -> "b16";
            case U8 -> "u16";
            case S8 -> "s16";
            case F16X2, BF16X2, U16X2, S16X2, TF32 -> "b32";
            default -> type.suffix();
        };
        return "%" + name + "_" + number;
    }
}

package dev.gatun.ptx.verify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table: an opcode, the modifiers it takes in order, its operands, and since when it exists.
 *
 * @param version tenfold, 0 for "always"
 * @param target  number of the first target, 80 for sm_80; 0 for "always"
 * @param specific whether it exists only in the target's own set, such as sm_90a
 */
public record Form(
        String opcode,
        List<ModifierSlot> modifiers,
        List<OperandSlot> operands,
        int version,
        int target,
        boolean specific) {
    private static final Pattern SLOT = Pattern.compile("\\.(?:\\{(?:(\\w+):)?([^}]*)\\}|([\\w:]+))(\\?)?");
    private static final Pattern SINCE = Pattern.compile("@(\\d)\\.(\\d)(?:/(\\d+)(a)?)?");

    /** Reads one row; alternatives of the opcode before the first dot give a form each. */
    static List<Form> parse(String row) {
        String[] parts = row.strip().split("\\s+", -1);
        int dot = parts[0].indexOf('.');
        String opcodes = dot < 0 ? parts[0] : parts[0].substring(0, dot);
        List<ModifierSlot> modifiers = new ArrayList<>();
        Matcher slots = SLOT.matcher(dot < 0 ? "" : parts[0].substring(dot));
        while (slots.find()) {
            boolean optional = slots.group(4) != null;
            List<String> choices = List.of((slots.group(2) != null ? slots.group(2) : slots.group(3)).split(",", -1));
            modifiers.add(
                    new ModifierSlot(slots.group(1) != null ? slots.group(1) : choices.get(0), choices, optional));
        }
        List<OperandSlot> operands = new ArrayList<>();
        int version = 0;
        int target = 0;
        boolean specific = false;
        for (int i = 1; i < parts.length; i++) {
            Matcher since = SINCE.matcher(parts[i]);
            if (since.matches()) {
                version = Integer.parseInt(since.group(1) + since.group(2));
                target = since.group(3) == null ? 0 : Integer.parseInt(since.group(3));
                specific = since.group(4) != null;
            } else {
                operands.add(OperandSlot.parse(parts[i]));
            }
        }
        List<Form> forms = new ArrayList<>();
        for (String opcode : opcodes.split("\\|", -1)) {
            forms.add(new Form(opcode, List.copyOf(modifiers), List.copyOf(operands), version, target, specific));
        }
        return forms;
    }

    /** What {@code written} chooses in the slots, or null if it does not fit. */
    public @Nullable Selection match(List<String> written) {
        Map<String, String> words = new HashMap<>();
        return match(written, 0, 0, words) ? new Selection(words) : null;
    }

    private boolean match(List<String> written, int at, int slotIndex, Map<String, String> words) {
        if (slotIndex == modifiers.size()) {
            return at == written.size();
        }
        ModifierSlot slot = modifiers.get(slotIndex);
        if (at < written.size() && slot.choices().contains(written.get(at))) {
            words.put(slot.name(), written.get(at));
            if (match(written, at + 1, slotIndex + 1, words)) {
                return true;
            }
            words.remove(slot.name());
        }
        return slot.optional() && match(written, at, slotIndex + 1, words);
    }

    /** The operand slots that {@code count} operands fill, or null if the number is wrong. */
    @Nullable
    List<OperandSlot> operands(Selection selection, int count) {
        List<OperandSlot> present =
                operands.stream().filter(slot -> slot.isPresent(selection)).toList();
        if (present.size() == count) {
            return present;
        }
        List<OperandSlot> needed =
                present.stream().filter(slot -> !slot.optional()).toList();
        return needed.size() == count ? needed : null;
    }

    /** The opcode with its modifiers in the notation of the coverage page. */
    public String pattern() {
        return opcode + modifiers.stream().map(ModifierSlot::toString).collect(Collectors.joining());
    }
}

package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;
import java.util.Map;

/** The words that an instruction chose in the slots of its form. */
public record Selection(Map<String, String> words) {
    /** The word in a slot, or empty. */
    public String word(String slot) {
        return words.getOrDefault(slot, "");
    }

    public boolean has(String slot) {
        return words.containsKey(slot);
    }

    /** The type in a slot that the form makes obligatory. */
    public PtxType type(String slot) {
        PtxType type = PtxType.of(word(slot));
        if (type == null) {
            throw new AssertionError("no type in slot " + slot + " of " + words);
        }
        return type;
    }
}

package dev.gatun.ptx.verify;

import java.util.List;

/**
 * A place for one modifier in a form: {@code .{T:u32,s32}}, {@code .{R:rn,rz}?}, {@code .ftz?} or {@code .wide}.
 *
 * @param name    under which the chosen word is found; a lone word is its own name
 * @param choices the words that fit
 */
public record ModifierSlot(String name, List<String> choices, boolean optional) {
    @Override
    public String toString() {
        String words = choices.size() == 1 ? choices.get(0) : "{" + String.join(",", choices) + "}";
        return optional ? "[." + words + "]" : "." + words;
    }
}

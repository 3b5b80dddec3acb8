package dev.gatun.ptx.verify;

import dev.gatun.ptx.syntax.Statement.Instruction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A verified instruction.
 *
 * @param form null for {@code call}
 */
public record Operation(
        Instruction syntax,
        @Nullable Form form,
        Selection selection,
        Argument.@Nullable Predicate guard,
        List<OperandSlot> slots,
        List<Argument> arguments) {

    public String opcode() {
        return syntax.opcode();
    }

    public int line() {
        return syntax.position().line();
    }

    public boolean has(String word) {
        return selection.has(word);
    }

    public String word(String slot) {
        return selection.word(slot);
    }

    public Argument argument(int index) {
        return arguments.get(index);
    }
}

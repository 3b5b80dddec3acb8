package dev.gatun.kernels.cpu.asm;

import java.util.List;

/**
 * An instruction as the text has it.
 *
 * @param mask the k of {@code {k}} on the first operand, 0 if absent
 * @param zeroing whether it has {@code {z}}
 */
record Instruction(SourceLine line, int index, String mnemonic, List<Operand> operands, int mask, boolean zeroing) {

    AsmException error(String message) {
        return line.error(index, message);
    }
}

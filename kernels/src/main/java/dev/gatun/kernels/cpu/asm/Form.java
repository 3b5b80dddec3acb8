package dev.gatun.kernels.cpu.asm;

import java.util.List;

/**
 * One way to encode a mnemonic; see {@code forms.txt}.
 *
 * @param roles one letter an operand
 * @param prefix VEX.pp
 * @param map VEX.mmmmm
 * @param wide REX.W, VEX.W or EVEX.W
 * @param opcode up to three bytes, big-endian
 * @param extension of ModRM.reg, -1 if a register is there
 * @param swapped opcode of the form with ModRM.reg and ModRM.rm exchanged, -1 if there is none
 * @param length of the vectors in bytes, 16 where there are none
 */
record Form(
        String mnemonic,
        List<Pattern> operands,
        String roles,
        Encoding encoding,
        int prefix,
        int map,
        boolean wide,
        int opcode,
        int extension,
        int swapped,
        int length) {

    enum Encoding {
        LEGACY,
        JUMP,
        VEX,
        EVEX
    }

    boolean takes(Instruction instruction) {
        if (instruction.operands().size() != operands.size()) {
            return false;
        }
        for (int i = 0; i < operands.size(); i++) {
            if (!operands.get(i).takes(instruction.operands().get(i), this)) {
                return false;
            }
        }
        if (instruction.mask() == 0) {
            return true;
        }
        boolean keeps = !(instruction.operands().getFirst() instanceof Operand.Register register
                && register.kind().isVector());
        return encoding == Encoding.EVEX && !(keeps && instruction.zeroing());
    }

    /** The operand with the given role, or -1. */
    int operand(char role) {
        return roles.indexOf(role);
    }
}

package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.PtxType.Kind;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.OperandSlot;
import dev.gatun.ptx.verify.Operation;
import dev.gatun.ptx.verify.Register;
import dev.gatun.ptx.verify.Routine;
import java.util.Set;

/**
 * Decides in which bank each register lives.
 *
 * <p>Compilers keep floats in {@code .b32} registers too, so the declared type is no guide: a register lives where most
 * instructions want it, and casts bridge the rest. Instructions that only move bits have no vote.
 */
final class HomeBanks {
    private static final Set<String> MOVERS = Set.of("mov", "ld", "ldu", "st", "selp", "slct", "shfl");

    private HomeBanks() {}

    /** The bank of each register by its index. */
    static Bank[] of(Routine routine) {
        int[] votes = new int[routine.registers().size()];
        for (Operation operation : routine.code()) {
            for (int n = 0; n < operation.slots().size(); n++) {
                OperandSlot slot = operation.slots().get(n);
                PtxType type = slot.kind() == OperandSlot.Kind.VALUE ? slot.type(operation.selection()) : null;
                if (type != null) {
                    vote(votes, operation.argument(n), weight(operation.opcode(), type));
                } else if (slot.kind() == OperandSlot.Kind.ADDRESS
                        || slot.kind() == OperandSlot.Kind.TENSOR
                        || slot.kind() == OperandSlot.Kind.PACK) {
                    vote(votes, operation.argument(n), -1);
                }
            }
        }
        Bank[] banks = new Bank[votes.length];
        for (Register register : routine.registers()) {
            banks[register.index()] = home(register.type(), votes[register.index()]);
        }
        return banks;
    }

    private static int weight(String opcode, PtxType type) {
        if (type == PtxType.F32 || type == PtxType.F64) {
            return 1;
        }
        return MOVERS.contains(opcode) && type.kind() == Kind.BITS ? 0 : -1;
    }

    private static void vote(int[] votes, Argument argument, int weight) {
        switch (argument) {
            case Argument.Reg reg -> votes[reg.register().index()] += weight;
            case Argument.Group group -> group.elements().forEach(element -> vote(votes, element, weight));
            case Argument.Two two -> vote(votes, two.first(), weight);
            case Argument.Memory memory -> vote(votes, memory.base(), weight);
            case Argument.Tensor tensor -> {
                vote(votes, tensor.map(), weight);
                tensor.coordinates().forEach(coordinate -> vote(votes, coordinate, weight));
            }
            default -> {}
        }
    }

    private static Bank home(PtxType declared, int votes) {
        return switch (declared) {
            case B32 -> votes > 0 ? Bank.FLOAT : Bank.INT;
            case B64 -> votes > 0 ? Bank.DOUBLE : Bank.LONG;
            default -> Bank.of(declared);
        };
    }
}

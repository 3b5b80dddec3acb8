package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.num.Rounding;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.OperandSlot;
import dev.gatun.ptx.verify.Operation;
import java.util.List;

/** Moves, selections, conversions and address arithmetic. */
final class MoveLowering {
    private static final FloatMode PLAIN = new FloatMode(Rounding.NEAREST_EVEN, false, false, false, false, false);

    private final Emitter emitter;

    MoveLowering(Emitter emitter) {
        this.emitter = emitter;
    }

    Step move(Operation o) {
        if (o.has("pred")) {
            int a = emitter.predicate(o.argument(1));
            return new PredicateLogic(PredicateLogic.Op.MOVE, emitter.target(o, 0), a, a);
        }
        if (o.slots().get(0).kind() == OperandSlot.Kind.PACK) {
            return pack(o, true);
        }
        if (o.slots().get(1).kind() == OperandSlot.Kind.PACK) {
            return pack(o, false);
        }
        return copy(o);
    }

    /** Moves in the bank where the destination lives, so that floats in untyped registers need no casts. */
    private Step copy(Operation o) {
        PtxType type = o.selection().type("T");
        Bank bank = flexible(o.argument(0), type);
        int a = emitter.source(o.argument(1), bank, type);
        if (type.byteSize() == 2) {
            return new IntUnary(IntUnary.Op.ZERO_16, emitter.target(o.argument(0), bank, type), a);
        }
        int d = emitter.target(o.argument(0), bank, type);
        return switch (bank) {
            case INT -> new IntUnary(IntUnary.Op.MOVE, d, a);
            case FLOAT -> new FloatUnary(FloatUnary.Op.MOVE, PLAIN, d, a);
            case LONG -> longMove(d, a);
            default -> new DoubleStep(DoubleStep.Op.MOVE, Rounding.NEAREST_EVEN, d, a, a, a);
        };
    }

    private Step longMove(int d, int a) {
        int unused = emitter.constant(Bank.INT, 0);
        return new LongOther(LongOther.Op.MOVE, d, a, a, a, unused, unused);
    }

    /** The bank of the register for instructions that only move bits. */
    private Bank flexible(Argument register, PtxType type) {
        Bank usual = Bank.of(type);
        Bank home = emitter.home(register);
        boolean fits = register instanceof Argument.Reg && home.isCastOf(usual) && type.byteSize() >= 4;
        return fits ? home : usual;
    }

    private Step pack(Operation o, boolean unpacks) {
        PtxType type = o.selection().type("T");
        Argument vector = o.argument(unpacks ? 0 : 1);
        List<Argument> elements = ((Argument.Group) vector).elements();
        int[] parts = new int[elements.size()];
        int whole = unpacks ? emitter.source(o.argument(1), Bank.of(type), type) : -1;
        for (int n = 0; n < parts.length; n++) {
            parts[n] = unpacks
                    ? emitter.target(elements.get(n), Bank.INT, PtxType.B32)
                    : emitter.source(elements.get(n), Bank.INT, PtxType.B32);
        }
        if (!unpacks) {
            whole = emitter.target(o.argument(0), Bank.of(type), type);
        }
        return new Pack(unpacks, type.byteSize() == 8, whole, parts);
    }

    Step select(Operation o) {
        PtxType type = o.selection().type("T");
        Bank bank = flexible(o.argument(0), type);
        int a = emitter.source(o.argument(1), bank, type);
        int b = emitter.source(o.argument(2), bank, type);
        if (o.opcode().equals("selp")) {
            int c = emitter.predicate(o.argument(3));
            return new Select(bank, emitter.target(o.argument(0), bank, type), a, b, Bank.PREDICATE, c);
        }
        int c = emitter.source(o, 3);
        Bank condition = Bank.of(o.selection().type("C"));
        return new Select(bank, emitter.target(o.argument(0), bank, type), a, b, condition, c);
    }

    Step toAddress(Operation o) {
        StateSpace space = space(o.word("Q"));
        int a = emitter.source(o, 1);
        long base =
                space == StateSpace.PARAM ? 0 : Windows.base(space); // the address of a parameter is generic already
        int window = emitter.constant(Bank.LONG, o.has("to") ? -base : base);
        return new LongBinary(LongBinary.Op.ADD, emitter.target(o, 0), a, window);
    }

    Step isSpace(Operation o) {
        int a = emitter.source(o, 1);
        return new IsSpace(space(o.word("Q")), o.word("Q").equals("shared::cluster"), emitter.target(o, 0), a);
    }

    private static StateSpace space(String word) {
        return switch (word) {
            case "const" -> StateSpace.CONST;
            case "local" -> StateSpace.LOCAL;
            case "global" -> StateSpace.GLOBAL;
            case "param" -> StateSpace.PARAM;
            default -> StateSpace.SHARED;
        };
    }

    Step convert(Operation o) {
        PtxType to = o.selection().type("D");
        PtxType from = o.selection().type("A");
        if (o.has("pack")) {
            int a = emitter.source(o, 1);
            int b = emitter.source(o, 2);
            int c = o.arguments().size() > 3 ? emitter.source(o, 3) : -1;
            return new ConvertPack(to, emitter.target(o, 0), a, b, c);
        }
        Rounding rounding = Rounding.of(o.word("R"));
        if (to.kind() == PtxType.Kind.PACKED) {
            int a = emitter.source(o, 1);
            int b = o.arguments().size() > 2 ? emitter.source(o, 2) : a;
            return new ConvertPair(to, from, rounding, o.has("relu"), emitter.target(o, 0), a, b);
        }
        int a = emitter.source(o, 1);
        boolean integers = to.isInteger() && from.isInteger();
        if (integers && !o.has("sat") && from.byteSize() == 8 && to.byteSize() == 4) {
            return new Cast(Cast.Op.LONG_TO_INT, emitter.target(o, 0), a);
        }
        if (integers && !o.has("sat") && from.byteSize() == 4 && to.byteSize() == 8) {
            Cast.Op op = from.isSigned() ? Cast.Op.INT_TO_LONG_SIGNED : Cast.Op.INT_TO_LONG_UNSIGNED;
            return new Cast(op, emitter.target(o, 0), a);
        }
        if (integers && !o.has("sat") && from.byteSize() <= 2 && to.byteSize() == 4) {
            return new IntUnary(extension(from), emitter.target(o, 0), a);
        }
        if (integers
                && !o.has("sat")
                && to.byteSize() <= 2
                && from.byteSize() >= to.byteSize()
                && from.byteSize() <= 4) {
            return new IntUnary(extension(to), narrowTarget(o, to), a);
        }
        boolean integral = o.has("I");
        return new Convert(
                to,
                from,
                integral ? Rounding.of(o.word("I")) : rounding,
                integral,
                o.has("ftz"),
                o.has("sat"),
                o.has("relu"),
                narrowTarget(o, to),
                a);
    }

    private static IntUnary.Op extension(PtxType type) {
        return switch (type) {
            case S8 -> IntUnary.Op.SIGN_8;
            case U8 -> IntUnary.Op.ZERO_8;
            case S16 -> IntUnary.Op.SIGN_16;
            default -> IntUnary.Op.ZERO_16;
        };
    }

    private int narrowTarget(Operation o, PtxType to) {
        boolean small = to.isInteger() && to.byteSize() <= 2;
        boolean wideRegister = o.argument(0) instanceof Argument.Reg reg
                && reg.register().type().byteSize() == 8;
        return small && !wideRegister ? emitter.cut(o.argument(0)) : emitter.target(o, 0);
    }
}

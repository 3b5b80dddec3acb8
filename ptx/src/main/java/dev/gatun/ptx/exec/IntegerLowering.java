package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.Operation;

/** Integer arithmetic, logic and shifts. */
final class IntegerLowering {
    private final Emitter emitter;

    IntegerLowering(Emitter emitter) {
        this.emitter = emitter;
    }

    private static boolean isWide(Operation operation) {
        return operation.has("T") && operation.selection().type("T").byteSize() == 8;
    }

    private static boolean isSigned(Operation operation) {
        return operation.selection().type("T").isSigned();
    }

    private Step binary(IntBinary.Op op, Operation o) {
        int a = emitter.extended(o, 1);
        int b = emitter.extended(o, 2);
        return new IntBinary(op, emitter.cut(o, 0), a, b);
    }

    private Step longBinary(LongBinary.Op op, Operation o) {
        int a = emitter.source(o, 1);
        int b = emitter.source(o, 2);
        return new LongBinary(op, emitter.target(o, 0), a, b);
    }

    private Step ternary(IntTernary.Op op, Operation o) {
        int a = emitter.extended(o, 1);
        int b = emitter.extended(o, 2);
        int c = emitter.extended(o, 3);
        return new IntTernary(op, emitter.cut(o, 0), a, b, c);
    }

    private Step longTernary(LongOther.Op op, Operation o) {
        int a = emitter.source(o, 1);
        int b = emitter.source(o, 2);
        int c = emitter.source(o, 3);
        int unused = emitter.constant(Bank.INT, 0);
        return new LongOther(op, emitter.target(o, 0), a, b, c, unused, unused);
    }

    private Step unary(IntUnary.Op op, Operation o) {
        int a = emitter.extended(o, 1);
        return new IntUnary(op, emitter.cut(o, 0), a);
    }

    private Step longUnary(LongOther.Op op, Operation o) {
        int a = emitter.source(o, 1);
        int unused = emitter.constant(Bank.INT, 0);
        return new LongOther(op, emitter.target(o, 0), a, a, a, unused, unused);
    }

    Step addOrSubtract(Operation o) {
        boolean add = o.opcode().startsWith("add");
        if (o.has("cc") || o.opcode().endsWith("c")) {
            return carry(o, add ? CarryStep.Op.ADD : CarryStep.Op.SUB);
        }
        PtxType type = o.selection().type("T");
        if (type.kind() == PtxType.Kind.PACKED) {
            return binary(IntBinary.Op.ADD_PAIR, o);
        }
        if (o.has("sat")) {
            return binary(add ? IntBinary.Op.ADD_SATURATE : IntBinary.Op.SUB_SATURATE, o);
        }
        return isWide(o)
                ? longBinary(add ? LongBinary.Op.ADD : LongBinary.Op.SUB, o)
                : binary(add ? IntBinary.Op.ADD : IntBinary.Op.SUB, o);
    }

    private Step carry(Operation o, CarryStep.Op op) {
        boolean takes = o.opcode().endsWith("c");
        int a = emitter.source(o, 1);
        int b = emitter.source(o, 2);
        int c = o.arguments().size() > 3 ? emitter.source(o, 3) : a;
        return new CarryStep(op, isWide(o), takes, o.has("cc"), emitter.target(o, 0), a, b, c);
    }

    Step multiply(Operation o) {
        boolean signed = isSigned(o);
        if (o.has("wide")) {
            return wide(o, -1);
        }
        boolean high = o.word("H").equals("hi");
        int width = o.selection().type("T").byteSize();
        if (width == 8) {
            return longBinary(
                    !high ? LongBinary.Op.MUL_LO : signed ? LongBinary.Op.MUL_HI_SIGNED : LongBinary.Op.MUL_HI_UNSIGNED,
                    o);
        }
        if (width == 2) {
            int a = emitter.extended(o, 1);
            int b = emitter.extended(o, 2);
            int product = high ? shifted(a, b) : -1;
            return high
                    ? new ShiftByConstant(IntBinary.Op.SHR_SIGNED, emitter.cut(o, 0), product, 16)
                    : new IntBinary(IntBinary.Op.MUL_LO, emitter.cut(o, 0), a, b);
        }
        return binary(
                !high ? IntBinary.Op.MUL_LO : signed ? IntBinary.Op.MUL_HI_SIGNED : IntBinary.Op.MUL_HI_UNSIGNED, o);
    }

    /** The full product of two 16-bit values. */
    private int shifted(int a, int b) {
        int product = emitter.temporary(Bank.INT);
        emitter.emitBare(new IntBinary(IntBinary.Op.MUL_LO, product, a, b), Bank.INT, product);
        return product;
    }

    private Step wide(Operation o, int addend) {
        boolean signed = isSigned(o);
        int a = emitter.extended(o, 1);
        int b = emitter.extended(o, 2);
        if (o.selection().type("T").byteSize() == 2) {
            return addend < 0
                    ? new IntBinary(IntBinary.Op.MUL_LO, emitter.target(o, 0), a, b)
                    : new IntTernary(IntTernary.Op.MAD_LO, emitter.target(o, 0), a, b, addend);
        }
        return new WideMultiply(signed, emitter.target(o, 0), a, b, addend);
    }

    Step multiplyAdd(Operation o) {
        if (o.has("wide")) {
            return wide(o, emitter.source(o, 3));
        }
        boolean signed = isSigned(o);
        boolean high = o.word("H").equals("hi") || o.has("hi");
        if (o.has("cc") || o.opcode().equals("madc")) {
            return carry(
                    o,
                    !high ? CarryStep.Op.MAD_LO : signed ? CarryStep.Op.MAD_HI_SIGNED : CarryStep.Op.MAD_HI_UNSIGNED);
        }
        if (o.has("sat")) {
            return ternary(IntTernary.Op.MAD_HI_SATURATE, o);
        }
        int width = o.selection().type("T").byteSize();
        if (width == 8) {
            return longTernary(
                    !high ? LongOther.Op.MAD_LO : signed ? LongOther.Op.MAD_HI_SIGNED : LongOther.Op.MAD_HI_UNSIGNED,
                    o);
        }
        if (width == 2 && high) {
            int a = emitter.extended(o, 1);
            int b = emitter.extended(o, 2);
            int product = emitter.temporary(Bank.INT);
            emitter.emitBare(
                    new ShiftByConstant(IntBinary.Op.SHR_SIGNED, product, shifted(a, b), 16), Bank.INT, product);
            return new IntBinary(IntBinary.Op.ADD, emitter.cut(o, 0), product, emitter.extended(o, 3));
        }
        return ternary(
                !high ? IntTernary.Op.MAD_LO : signed ? IntTernary.Op.MAD_HI_SIGNED : IntTernary.Op.MAD_HI_UNSIGNED, o);
    }

    Step multiply24(Operation o) {
        boolean signed = isSigned(o);
        boolean high = o.word("H").equals("hi") || o.has("hi");
        if (o.opcode().equals("mul24")) {
            return binary(
                    high
                            ? (signed ? IntBinary.Op.MUL24_HI_SIGNED : IntBinary.Op.MUL24_HI_UNSIGNED)
                            : (signed ? IntBinary.Op.MUL24_LO_SIGNED : IntBinary.Op.MUL24_LO_UNSIGNED),
                    o);
        }
        if (o.has("sat")) {
            return ternary(IntTernary.Op.MAD24_HI_SATURATE, o);
        }
        return ternary(
                high
                        ? (signed ? IntTernary.Op.MAD24_HI_SIGNED : IntTernary.Op.MAD24_HI_UNSIGNED)
                        : (signed ? IntTernary.Op.MAD24_LO_SIGNED : IntTernary.Op.MAD24_LO_UNSIGNED),
                o);
    }

    Step sumOfDifferences(Operation o) {
        boolean signed = isSigned(o);
        return isWide(o)
                ? longTernary(signed ? LongOther.Op.SAD_SIGNED : LongOther.Op.SAD_UNSIGNED, o)
                : ternary(signed ? IntTernary.Op.SAD_SIGNED : IntTernary.Op.SAD_UNSIGNED, o);
    }

    Step divide(Operation o) {
        boolean signed = isSigned(o);
        boolean quotient = o.opcode().equals("div");
        if (isWide(o)) {
            return longBinary(
                    quotient
                            ? (signed ? LongBinary.Op.DIV_SIGNED : LongBinary.Op.DIV_UNSIGNED)
                            : (signed ? LongBinary.Op.REM_SIGNED : LongBinary.Op.REM_UNSIGNED),
                    o);
        }
        return binary(
                quotient
                        ? (signed ? IntBinary.Op.DIV_SIGNED : IntBinary.Op.DIV_UNSIGNED)
                        : (signed ? IntBinary.Op.REM_SIGNED : IntBinary.Op.REM_UNSIGNED),
                o);
    }

    Step absOrNegate(Operation o) {
        boolean abs = o.opcode().equals("abs");
        return isWide(o)
                ? longUnary(abs ? LongOther.Op.ABS : LongOther.Op.NEG, o)
                : unary(abs ? IntUnary.Op.ABS : IntUnary.Op.NEG, o);
    }

    Step minOrMax(Operation o) {
        boolean min = o.opcode().equals("min");
        PtxType type = o.selection().type("T");
        if (type.kind() == PtxType.Kind.PACKED) {
            if (o.has("relu")) {
                return binary(min ? IntBinary.Op.MIN_PAIR_RELU : IntBinary.Op.MAX_PAIR_RELU, o);
            }
            return type == PtxType.S16X2
                    ? binary(min ? IntBinary.Op.MIN_PAIR_SIGNED : IntBinary.Op.MAX_PAIR_SIGNED, o)
                    : binary(min ? IntBinary.Op.MIN_PAIR_UNSIGNED : IntBinary.Op.MAX_PAIR_UNSIGNED, o);
        }
        boolean signed = type.isSigned();
        if (isWide(o)) {
            return longBinary(
                    min
                            ? (signed ? LongBinary.Op.MIN_SIGNED : LongBinary.Op.MIN_UNSIGNED)
                            : (signed ? LongBinary.Op.MAX_SIGNED : LongBinary.Op.MAX_UNSIGNED),
                    o);
        }
        if (o.has("relu")) {
            return binary(min ? IntBinary.Op.MIN_RELU : IntBinary.Op.MAX_RELU, o);
        }
        return binary(
                min
                        ? (signed ? IntBinary.Op.MIN_SIGNED : IntBinary.Op.MIN_UNSIGNED)
                        : (signed ? IntBinary.Op.MAX_SIGNED : IntBinary.Op.MAX_UNSIGNED),
                o);
    }

    Step count(Operation o) {
        boolean shift = o.has("shiftamt");
        boolean signed = isSigned(o);
        if (isWide(o)) {
            LongToInt.Op op = switch (o.opcode()) {
                case "popc" -> LongToInt.Op.POPC;
                case "clz" -> LongToInt.Op.CLZ;
                default ->
                    shift
                            ? (signed ? LongToInt.Op.FIND_SIGNED_SHIFT : LongToInt.Op.FIND_UNSIGNED_SHIFT)
                            : (signed ? LongToInt.Op.FIND_SIGNED : LongToInt.Op.FIND_UNSIGNED);
            };
            int a = emitter.source(o, 1);
            return new LongToInt(op, emitter.target(o, 0), a);
        }
        return unary(
                switch (o.opcode()) {
                    case "popc" -> IntUnary.Op.POPC;
                    case "clz" -> IntUnary.Op.CLZ;
                    default ->
                        shift
                                ? (signed ? IntUnary.Op.FIND_SIGNED_SHIFT : IntUnary.Op.FIND_UNSIGNED_SHIFT)
                                : (signed ? IntUnary.Op.FIND_SIGNED : IntUnary.Op.FIND_UNSIGNED);
                },
                o);
    }

    Step bits(Operation o) {
        return switch (o.opcode()) {
            case "brev" -> isWide(o) ? longUnary(LongOther.Op.BREV, o) : unary(IntUnary.Op.BREV, o);
            case "fns" -> ternary(IntTernary.Op.NTH_SET, o);
            case "bfe" -> {
                if (!isWide(o)) {
                    yield ternary(isSigned(o) ? IntTernary.Op.EXTRACT_SIGNED : IntTernary.Op.EXTRACT_UNSIGNED, o);
                }
                int a = emitter.source(o, 1);
                int position = emitter.source(o, 2);
                int length = emitter.source(o, 3);
                LongOther.Op op = isSigned(o) ? LongOther.Op.EXTRACT_SIGNED : LongOther.Op.EXTRACT_UNSIGNED;
                yield new LongOther(op, emitter.target(o, 0), a, a, a, position, length);
            }
            case "bfi" -> {
                int a = emitter.source(o, 1);
                int b = emitter.source(o, 2);
                int position = emitter.source(o, 3);
                int length = emitter.source(o, 4);
                yield isWide(o)
                        ? new LongOther(LongOther.Op.INSERT, emitter.target(o, 0), a, b, a, position, length)
                        : new BitInsert(emitter.target(o, 0), a, b, position, length);
            }
            case "szext" -> {
                boolean clamps = o.word("M").equals("clamp");
                yield binary(
                        isSigned(o)
                                ? (clamps ? IntBinary.Op.EXTEND_SIGNED_CLAMP : IntBinary.Op.EXTEND_SIGNED_WRAP)
                                : (clamps ? IntBinary.Op.EXTEND_UNSIGNED_CLAMP : IntBinary.Op.EXTEND_UNSIGNED_WRAP),
                        o);
            }
            default -> binary(o.word("M").equals("clamp") ? IntBinary.Op.MASK_CLAMP : IntBinary.Op.MASK_WRAP, o);
        };
    }

    Step dot(Operation o) {
        boolean signedA = o.word("A").equals("s32");
        boolean signedB = o.word("B").equals("s32");
        int a = emitter.source(o, 1);
        int b = emitter.source(o, 2);
        int c = emitter.source(o, 3);
        int d = emitter.target(o, 0);
        if (o.opcode().equals("dp2a")) {
            return new Dot2(signedA, signedB, o.word("M").equals("hi"), d, a, b, c);
        }
        IntTernary.Op op = signedA
                ? (signedB ? IntTernary.Op.DOT4_SIGNED : IntTernary.Op.DOT4_SIGNED_UNSIGNED)
                : (signedB ? IntTernary.Op.DOT4_UNSIGNED_SIGNED : IntTernary.Op.DOT4_UNSIGNED);
        return new IntTernary(op, d, a, b, c);
    }

    Step logic(Operation o) {
        if (o.has("pred")) {
            PredicateLogic.Op op = switch (o.opcode()) {
                case "and" -> PredicateLogic.Op.AND;
                case "or" -> PredicateLogic.Op.OR;
                default -> PredicateLogic.Op.XOR;
            };
            int a = emitter.predicate(o.argument(1));
            int b = emitter.predicate(o.argument(2));
            return new PredicateLogic(op, emitter.target(o, 0), a, b);
        }
        return switch (o.opcode()) {
            case "and" -> isWide(o) ? longBinary(LongBinary.Op.AND, o) : binary(IntBinary.Op.AND, o);
            case "or" -> isWide(o) ? longBinary(LongBinary.Op.OR, o) : binary(IntBinary.Op.OR, o);
            default -> isWide(o) ? longBinary(LongBinary.Op.XOR, o) : binary(IntBinary.Op.XOR, o);
        };
    }

    Step not(Operation o) {
        if (o.has("pred")) {
            int a = emitter.predicate(o.argument(1));
            return new PredicateLogic(PredicateLogic.Op.NOT, emitter.target(o, 0), a, a);
        }
        boolean logical = o.opcode().equals("cnot");
        return isWide(o)
                ? longUnary(logical ? LongOther.Op.CNOT : LongOther.Op.NOT, o)
                : unary(logical ? IntUnary.Op.CNOT : IntUnary.Op.NOT, o);
    }

    Step shift(Operation o) {
        boolean left = o.opcode().equals("shl");
        boolean signed = o.selection().type("T").isSigned();
        if (isWide(o)) {
            int a = emitter.source(o, 1);
            int amount = emitter.source(o, 2);
            LongOther.Op op = left ? LongOther.Op.SHL : signed ? LongOther.Op.SHR_SIGNED : LongOther.Op.SHR_UNSIGNED;
            return new LongOther(op, emitter.target(o, 0), a, a, a, amount, amount);
        }
        IntBinary.Op op = left ? IntBinary.Op.SHL : signed ? IntBinary.Op.SHR_SIGNED : IntBinary.Op.SHR_UNSIGNED;
        if (o.argument(2) instanceof Argument.Constant constant && constant.bits() < 32) {
            int a = emitter.extended(o, 1);
            return new ShiftByConstant(op, emitter.cut(o, 0), a, (int) constant.bits());
        }
        return binary(op, o);
    }

    Step funnel(Operation o) {
        boolean left = o.word("D").equals("l");
        boolean clamps = o.word("M").equals("clamp");
        return ternary(
                left
                        ? (clamps ? IntTernary.Op.FUNNEL_LEFT_CLAMP : IntTernary.Op.FUNNEL_LEFT_WRAP)
                        : (clamps ? IntTernary.Op.FUNNEL_RIGHT_CLAMP : IntTernary.Op.FUNNEL_RIGHT_WRAP),
                o);
    }

    Step permute(Operation o) {
        if (!o.has("M")) {
            return ternary(IntTernary.Op.PERMUTE, o);
        }
        int a = emitter.source(o, 1);
        int b = emitter.source(o, 2);
        int c = emitter.source(o, 3);
        return new Permute(o.word("M"), emitter.target(o, 0), a, b, c);
    }

    Step lop3(Operation o) {
        int a = emitter.source(o, 1);
        int b = emitter.source(o, 2);
        int c = emitter.source(o, 3);
        int table = (int) ((Argument.Constant) o.argument(4)).bits();
        int combined = o.has("B") ? emitter.predicate(o.argument(5)) : -1;
        int d = emitter.target(o, 0);
        return new Lop3(
                d,
                a,
                b,
                c,
                table,
                emitter.secondTarget(o.argument(0)),
                combined,
                o.word("B").equals("and"));
    }
}

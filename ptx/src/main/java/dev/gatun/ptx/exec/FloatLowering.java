package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.num.Rounding;
import dev.gatun.ptx.verify.Operation;

/** Floating arithmetic of every width. */
final class FloatLowering {
    private final Emitter emitter;

    FloatLowering(Emitter emitter) {
        this.emitter = emitter;
    }

    static boolean isFloat(Operation operation) {
        PtxType type = operation.has("T") ? operation.selection().type("T") : PtxType.PRED;
        return type.kind() == PtxType.Kind.FLOAT || type == PtxType.F16X2 || type == PtxType.BF16X2;
    }

    /** Any instruction whose {@code T} is a floating type. */
    Step lower(Operation o) {
        return switch (o.selection().type("T")) {
            case F32 -> single(o);
            case F64 -> wide(o);
            default -> half(o);
        };
    }

    private Step single(Operation o) {
        FloatMode mode = FloatMode.of(o);
        int a = emitter.source(o, 1);
        return switch (o.opcode()) {
            case "fma", "mad" -> {
                int b = emitter.source(o, 2);
                int c = emitter.source(o, 3);
                yield new FloatTernary(mode, emitter.target(o, 0), a, b, c);
            }
            case "neg" -> unary(FloatUnary.Op.NEG, mode, o, a);
            case "abs" -> unary(FloatUnary.Op.ABS, mode, o, a);
            case "rcp" -> unary(o.has("approx") ? FloatUnary.Op.RCP : FloatUnary.Op.RCP_ROUNDED, mode, o, a);
            case "sqrt" -> unary(FloatUnary.Op.SQRT, mode, o, a);
            case "rsqrt" -> unary(FloatUnary.Op.RSQRT, mode, o, a);
            case "sin" -> unary(FloatUnary.Op.SIN, mode, o, a);
            case "cos" -> unary(FloatUnary.Op.COS, mode, o, a);
            case "lg2" -> unary(FloatUnary.Op.LG2, mode, o, a);
            case "ex2" -> unary(FloatUnary.Op.EX2, mode, o, a);
            case "tanh" -> unary(FloatUnary.Op.TANH, mode, o, a);
            default -> {
                int b = emitter.source(o, 2);
                yield new FloatBinary(binary(o), mode, emitter.target(o, 0), a, b);
            }
        };
    }

    private static FloatBinary.Op binary(Operation o) {
        return switch (o.opcode()) {
            case "add" -> FloatBinary.Op.ADD;
            case "sub" -> FloatBinary.Op.SUB;
            case "mul" -> FloatBinary.Op.MUL;
            case "div" -> o.has("M") ? FloatBinary.Op.DIV_APPROX : FloatBinary.Op.DIV;
            case "min" -> o.has("NaN") ? FloatBinary.Op.MIN_NAN : FloatBinary.Op.MIN;
            case "max" -> o.has("NaN") ? FloatBinary.Op.MAX_NAN : FloatBinary.Op.MAX;
            case "copysign" -> FloatBinary.Op.COPYSIGN;
            default -> throw new AssertionError(o.syntax().text());
        };
    }

    private Step unary(FloatUnary.Op op, FloatMode mode, Operation o, int a) {
        return new FloatUnary(op, mode, emitter.target(o, 0), a);
    }

    private Step wide(Operation o) {
        DoubleStep.Op op = switch (o.opcode()) {
            case "add" -> DoubleStep.Op.ADD;
            case "sub" -> DoubleStep.Op.SUB;
            case "mul" -> DoubleStep.Op.MUL;
            case "fma", "mad" -> DoubleStep.Op.FMA;
            case "div" -> DoubleStep.Op.DIV;
            case "neg" -> DoubleStep.Op.NEG;
            case "abs" -> DoubleStep.Op.ABS;
            case "min" -> DoubleStep.Op.MIN;
            case "max" -> DoubleStep.Op.MAX;
            case "copysign" -> DoubleStep.Op.COPYSIGN;
            case "rcp" -> o.has("approx") ? DoubleStep.Op.RCP_APPROX : DoubleStep.Op.RCP;
            case "sqrt" -> DoubleStep.Op.SQRT;
            case "rsqrt" -> o.has("ftz") ? DoubleStep.Op.RSQRT_APPROX_FLUSHED : DoubleStep.Op.RSQRT_APPROX;
            default -> throw new AssertionError(o.syntax().text());
        };
        int a = emitter.source(o, 1);
        int b = o.arguments().size() > 2 ? emitter.source(o, 2) : a;
        int c = o.arguments().size() > 3 ? emitter.source(o, 3) : a;
        return new DoubleStep(op, Rounding.of(o.word("R")), emitter.target(o, 0), a, b, c);
    }

    private Step half(Operation o) {
        PtxType type = o.selection().type("T");
        HalfStep.Op op = switch (o.opcode()) {
            case "add" -> HalfStep.Op.ADD;
            case "sub" -> HalfStep.Op.SUB;
            case "mul" -> HalfStep.Op.MUL;
            case "fma" -> HalfStep.Op.FMA;
            case "neg" -> HalfStep.Op.NEG;
            case "abs" -> HalfStep.Op.ABS;
            case "min" -> HalfStep.Op.MIN;
            case "max" -> HalfStep.Op.MAX;
            case "tanh" -> HalfStep.Op.TANH;
            case "ex2" -> HalfStep.Op.EX2;
            default -> throw new AssertionError(o.syntax().text());
        };
        boolean brain = type == PtxType.BF16 || type == PtxType.BF16X2;
        int a = emitter.source(o, 1);
        int b = o.arguments().size() > 2 ? emitter.source(o, 2) : a;
        int c = o.arguments().size() > 3 ? emitter.source(o, 3) : a;
        return new HalfStep(
                op, FloatMode.of(o), brain, type.kind() == PtxType.Kind.PACKED, emitter.target(o, 0), a, b, c);
    }

    Step testProperty(Operation o) {
        int a = emitter.source(o, 1);
        return new TestProperty(o.word("Q"), o.selection().type("T") == PtxType.F64, emitter.target(o, 0), a);
    }

    private Comparison comparison(Operation o) {
        PtxType type = o.selection().type("T");
        int a = emitter.extended(o, 1);
        int b = emitter.extended(o, 2);
        return new Comparison(o.word("C"), o.has("ftz"), type, a, b);
    }

    Step setPredicate(Operation o) {
        Comparison comparison = comparison(o);
        int c = o.has("B") ? emitter.predicate(o.argument(3)) : -1;
        boolean packed = o.selection().type("T").kind() == PtxType.Kind.PACKED;
        int p = emitter.target(o.argument(0), Bank.PREDICATE, PtxType.PRED);
        return new SetPredicate(comparison, o.word("B"), p, emitter.secondTarget(o.argument(0)), c, packed);
    }

    Step setValue(Operation o) {
        Comparison comparison = comparison(o);
        int c = o.has("B") ? emitter.predicate(o.argument(3)) : -1;
        return new SetValue(comparison, o.word("B"), o.selection().type("D"), emitter.target(o, 0), c);
    }
}

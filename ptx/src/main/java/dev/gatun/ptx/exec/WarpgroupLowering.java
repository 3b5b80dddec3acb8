package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.Operation;
import java.util.List;

/** Instructions of warpgroups. Their registers are used where they live, since a cast would come too early or too late. */
final class WarpgroupLowering {
    private final Emitter emitter;

    WarpgroupLowering(Emitter emitter) {
        this.emitter = emitter;
    }

    Step registerCount(Operation o) {
        return new SetMaxRegisters();
    }

    Step lower(Operation o) {
        if (o.has("fence")) {
            return new WgmmaControl(WgmmaControl.Op.FENCE, 0);
        }
        if (o.has("commit_group")) {
            return new WgmmaControl(WgmmaControl.Op.COMMIT, 0);
        }
        if (o.has("wait_group")) {
            return new WgmmaControl(WgmmaControl.Op.WAIT, (int) constant(o, 0, 0));
        }
        boolean inRegisters = o.argument(1) instanceof Argument.Group;
        int[] a = inRegisters ? registers(o, 1, false) : new int[0];
        int descriptorA = inRegisters ? -1 : emitter.source(o, 1);
        int descriptorB = emitter.source(o, 2);
        int accumulates = emitter.predicate(o.argument(3));
        return new Wgmma(form(o, inRegisters), registers(o, 0, true), a, descriptorA, descriptorB, accumulates);
    }

    private static Wgmma.Form form(Operation o, boolean inRegisters) {
        PtxType typeA = o.selection().type("A");
        PtxType typeB = o.has("B") ? o.selection().type("B") : typeA;
        String shape = o.word("X");
        int columns = Integer.parseInt(shape, shape.indexOf('n') + 1, shape.indexOf('k'), 10);
        PtxType sum = o.has("s32") ? PtxType.S32 : o.has("f32") ? PtxType.F32 : PtxType.F16;
        boolean transposedA = !inRegisters && constant(o, 6, 0) == 1;
        boolean transposedB = constant(o, inRegisters ? 6 : 7, 0) == 1;
        return new Wgmma.Form(
                columns,
                sum,
                o.has("satfinite"),
                constant(o, 4, 1),
                constant(o, 5, 1),
                new WarpgroupOperand(typeA, 16, transposedA),
                new WarpgroupOperand(typeB, columns, transposedB));
    }

    private static long constant(Operation o, int index, long otherwise) {
        return index < o.arguments().size() ? ((Argument.Constant) o.argument(index)).bits() : otherwise;
    }

    private int[] registers(Operation o, int index, boolean areResults) {
        PtxType type = Emitter.type(o, index);
        List<Argument> elements = ((Argument.Group) o.argument(index)).elements();
        int[] registers = new int[elements.size()];
        for (int n = 0; n < registers.length; n++) {
            Bank home = emitter.home(elements.get(n));
            registers[n] = home.slot(
                    areResults
                            ? emitter.target(elements.get(n), home, type)
                            : emitter.source(elements.get(n), home, type));
        }
        return registers;
    }
}

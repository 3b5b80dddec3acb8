package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.verify.Operation;

/** Warp-wide instructions and barriers. */
final class WarpLowering {
    private final Emitter emitter;

    WarpLowering(Emitter emitter) {
        this.emitter = emitter;
    }

    Step shuffle(Operation o) {
        int source = emitter.source(o, 1);
        int lane = emitter.source(o, 2);
        int clamp = emitter.source(o, 3);
        int members = emitter.source(o, 4);
        int d = emitter.target(o, 0);
        Shuffle.Mode mode = Shuffle.Mode.valueOf(o.word("M").toUpperCase(java.util.Locale.ROOT));
        return new Shuffle(mode, d, emitter.secondTarget(o.argument(0)), source, lane, clamp, members);
    }

    Step vote(Operation o) {
        int source = emitter.predicate(o.argument(1));
        int members = emitter.source(o, 2);
        Vote.Mode mode = o.has("ballot")
                ? Vote.Mode.BALLOT
                : Vote.Mode.valueOf(o.word("M").toUpperCase(java.util.Locale.ROOT));
        return new Vote(mode, emitter.target(o, 0), source, members);
    }

    Step match(Operation o) {
        int source = emitter.source(o, 1);
        int members = emitter.source(o, 2);
        int d = emitter.target(o, 0);
        boolean wide = o.selection().type("T") == PtxType.B64;
        return new Match(o.has("all"), wide, d, emitter.secondTarget(o.argument(0)), source, members);
    }

    Step redux(Operation o) {
        boolean signed = o.selection().type("T").isSigned();
        Redux.Op op = switch (o.word("M")) {
            case "add" -> Redux.Op.ADD;
            case "min" -> signed ? Redux.Op.MIN_SIGNED : Redux.Op.MIN_UNSIGNED;
            case "max" -> signed ? Redux.Op.MAX_SIGNED : Redux.Op.MAX_UNSIGNED;
            case "and" -> Redux.Op.AND;
            case "or" -> Redux.Op.OR;
            default -> Redux.Op.XOR;
        };
        int source = emitter.source(o, 1);
        int members = emitter.source(o, 2);
        return new Redux(op, emitter.target(o, 0), source, members);
    }

    Step elect(Operation o) {
        int members = emitter.source(o, 1);
        int d = emitter.target(o, 0);
        int second = emitter.secondTarget(o.argument(0));
        return new Elect(d, second < 0 ? emitter.temporary(Bank.PREDICATE) : second, members);
    }

    Step barrier(Operation o) {
        if (o.has("warp")) {
            return new WarpBarrier(emitter.source(o, 0));
        }
        if (!o.has("red")) {
            int number = emitter.source(o, 0);
            int threads = o.arguments().size() > 1 ? emitter.source(o, 1) : -1;
            return new BarrierStep(
                    o.has("arrive") ? BarrierStep.Op.ARRIVE : BarrierStep.Op.SYNC, number, threads, -1, -1);
        }
        int number = emitter.source(o, 1);
        boolean counted = o.arguments().size() > 3;
        int threads = counted ? emitter.source(o, 2) : -1;
        int value = emitter.predicate(o.argument(counted ? 3 : 2));
        BarrierStep.Op op = o.has("popc")
                ? BarrierStep.Op.POPC
                : o.word("M").equals("and") ? BarrierStep.Op.AND : BarrierStep.Op.OR;
        int d = emitter.target(o, 0);
        return new BarrierStep(op, number, threads, d, value);
    }
}

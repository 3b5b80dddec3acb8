package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.OperandSlot;
import dev.gatun.ptx.verify.Operation;
import java.util.List;

/** Loads, stores, atomics, asynchronous copies, memory barriers and matrices. */
final class MemoryLowering {
    private final Emitter emitter;

    MemoryLowering(Emitter emitter) {
        this.emitter = emitter;
    }

    Address address(Operation o, int index) {
        OperandSlot slot = o.slots().get(index);
        String word = o.has(slot.type()) ? o.word(slot.type()) : slot.type();
        StateSpace space = switch (word) {
            case "global" -> StateSpace.GLOBAL;
            case "shared", "shared::cta", "shared::cluster" -> StateSpace.SHARED;
            case "local" -> StateSpace.LOCAL;
            case "const" -> StateSpace.CONST;
            case "param", "param::entry", "param::func" -> StateSpace.PARAM;
            default -> StateSpace.GENERIC;
        };
        return emitter.memory(o.argument(index), space);
    }

    private static List<Argument> elements(Argument argument) {
        return argument instanceof Argument.Group group ? group.elements() : List.of(argument);
    }

    Step load(Operation o) {
        Address address = address(o, 1);
        PtxType type = o.selection().type("T");
        List<Argument> elements = elements(o.argument(0));
        Cell[] cells = new Cell[elements.size()];
        for (int n = 0; n < cells.length; n++) {
            Argument element = elements.get(n);
            PtxType register =
                    element instanceof Argument.Reg reg ? reg.register().type() : type;
            Bank bank = bank(element, type, register);
            cells[n] = Cell.of(bank, emitter.target(element, bank, type), type, register);
        }
        Watcher.Access access = o.has("nc") ? Watcher.Access.READ_ONLY : Watcher.Access.READ;
        boolean strong = o.has("O") || o.has("volatile");
        return new LoadStep(address, cells, access, strong);
    }

    /** The bank that a transfer of {@code type} uses for a register: its home, where that is wide enough. */
    private Bank bank(Argument argument, PtxType type, PtxType register) {
        if (!(argument instanceof Argument.Reg)) {
            return Bank.of(type);
        }
        Bank home = emitter.home(argument);
        if (type.byteSize() >= 4 && register.byteSize() == type.byteSize()) {
            return home;
        }
        return register.byteSize() == 8 ? Bank.LONG : Bank.INT;
    }

    Step store(Operation o) {
        Address address = address(o, 0);
        return new StoreStep(address, sources(o, 1), o.has("O") || o.has("volatile"));
    }

    /** The elements of a stored operand. */
    Cell[] sources(Operation o, int index) {
        PtxType type = o.selection().type("T");
        List<Argument> elements = elements(o.argument(index));
        Cell[] cells = new Cell[elements.size()];
        for (int n = 0; n < cells.length; n++) {
            Argument element = elements.get(n);
            PtxType register =
                    element instanceof Argument.Reg reg ? reg.register().type() : type;
            Bank bank = bank(element, type, register);
            cells[n] = Cell.of(bank, emitter.source(element, bank, type), type, register);
        }
        return cells;
    }

    Step atomic(Operation o) {
        boolean returns = o.opcode().equals("atom");
        int first = returns ? 1 : 0;
        Address address = address(o, first);
        PtxType type = o.selection().type("T");
        int operand = emitter.source(o, first + 1);
        AtomicStep.Op op = AtomicStep.Op.valueOf(o.word("M").toUpperCase(java.util.Locale.ROOT));
        int replacement = op == AtomicStep.Op.CAS ? emitter.source(o, first + 2) : operand;
        int d = returns ? emitter.target(o, 0) : -1;
        return new AtomicStep(address, op, type, d, operand, replacement);
    }

    Step copyAsync(Operation o) {
        if (o.has("commit_group")) {
            return new CopyControl(CopyControl.Op.COMMIT, 0);
        }
        if (o.has("wait_all")) {
            return new CopyControl(CopyControl.Op.WAIT_ALL, 0);
        }
        if (o.has("wait_group")) {
            return new CopyControl(CopyControl.Op.WAIT, (int) ((Argument.Constant) o.argument(0)).bits());
        }
        if (o.has("mbarrier")) {
            return new CopyArrival(address(o, 0), o.has("noinc"));
        }
        Address to = address(o, 0);
        Address from = address(o, 1);
        int byteCount = (int) ((Argument.Constant) o.argument(2)).bits();
        boolean sized = o.slots().size() > 3 && o.slots().get(3).optional();
        return new CopyAsync(to, from, byteCount, sized ? emitter.source(o, 3) : -1);
    }

    Step memoryBarrier(Operation o) {
        if (o.has("pending_count")) {
            int token = emitter.source(o, 1);
            return new PendingCount(emitter.target(o, 0), token);
        }
        if (o.has("init") || o.has("inval")) {
            int count = o.has("init") ? emitter.source(o, 1) : -1;
            MemoryBarrierStep.Op op = o.has("init") ? MemoryBarrierStep.Op.INIT : MemoryBarrierStep.Op.INVALIDATE;
            return new MemoryBarrierStep(op, address(o, 0), -1, count);
        }
        if (o.has("test_wait") || o.has("try_wait")) {
            Address address = address(o, 1);
            int operand = emitter.source(o, 2);
            MemoryBarrierStep.Op op =
                    o.has("parity") ? MemoryBarrierStep.Op.WAIT_PARITY : MemoryBarrierStep.Op.WAIT_TOKEN;
            return new MemoryBarrierStep(op, address, emitter.target(o, 0), operand);
        }
        String action = o.word("A");
        if (action.equals("expect_tx") || action.equals("complete_tx")) {
            int bytes = emitter.source(o, 1);
            MemoryBarrierStep.Op op =
                    action.equals("expect_tx") ? MemoryBarrierStep.Op.EXPECT : MemoryBarrierStep.Op.COMPLETE;
            return new MemoryBarrierStep(op, address(o, 0), -1, bytes);
        }
        Address address = address(o, 1);
        int operand = o.arguments().size() > 2 ? emitter.source(o, 2) : -1;
        boolean leaves = action.equals("arrive_drop");
        MemoryBarrierStep.Op op = o.has("expect_tx")
                ? (leaves ? MemoryBarrierStep.Op.ARRIVE_DROP_EXPECT : MemoryBarrierStep.Op.ARRIVE_EXPECT)
                : (leaves ? MemoryBarrierStep.Op.ARRIVE_DROP : MemoryBarrierStep.Op.ARRIVE);
        boolean drops = o.slots().get(0).kind() == OperandSlot.Kind.SINK;
        return new MemoryBarrierStep(op, address, drops ? -1 : emitter.target(o, 0), operand);
    }

    Step matrixTransfer(Operation o) {
        boolean stores = o.opcode().equals("stmatrix");
        Address address = address(o, stores ? 0 : 1);
        List<Argument> elements = elements(o.argument(stores ? 1 : 0));
        int[] registers = new int[elements.size()];
        for (int n = 0; n < registers.length; n++) {
            registers[n] = stores
                    ? emitter.source(elements.get(n), Bank.INT, PtxType.B32)
                    : emitter.target(elements.get(n), Bank.INT, PtxType.B32);
        }
        return new LdMatrix(stores, address, registers, o.has("trans"));
    }

    Step moveMatrix(Operation o) {
        int a = emitter.source(o, 1);
        return new MoveMatrix(emitter.target(o, 0), a);
    }

    Step multiply(Operation o) {
        int[][] registers = new int[4][];
        for (int operand = 1; operand <= 4; operand++) {
            int which = operand % 4; // the sources first: results must not be noted as read
            PtxType type = Emitter.type(o, which);
            List<Argument> elements = elements(o.argument(which));
            registers[which] = new int[elements.size()];
            for (int n = 0; n < elements.size(); n++) {
                registers[which][n] = which == 0
                        ? emitter.target(elements.get(n), Bank.of(type), type)
                        : emitter.source(elements.get(n), Bank.of(type), type);
            }
        }
        PtxType a = o.selection().type("A");
        PtxType b = o.has("B") ? o.selection().type("B") : a;
        String shape = o.word("X");
        int k = Integer.parseInt(shape.substring(shape.indexOf('k') + 1));
        boolean halfSums = a == PtxType.F16 && registers[0].length == 2;
        return new Mma(k, a, b, halfSums, o.has("satfinite"), registers);
    }
}

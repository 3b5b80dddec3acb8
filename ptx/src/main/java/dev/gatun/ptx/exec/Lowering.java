package dev.gatun.ptx.exec;

import dev.gatun.ptx.EntryParameter;
import dev.gatun.ptx.PtxFault;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.Operation;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.Routine;
import dev.gatun.ptx.verify.Symbol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns a verified entry into a program: calls expanded in place, operands as slots, branches linked. */
final class Lowering {
    private static final int LOCAL_LIMIT = 512 * 1024;

    private final PtxEntry entry;
    private final ModuleMemory module;
    private final SharedLayout shared = new SharedLayout();
    private final Emitter emitter;
    private final IntegerLowering integers;
    private final FloatLowering floats;
    private final MoveLowering moves;
    private final MemoryLowering memory;
    private final WarpLowering warps;
    private final WarpgroupLowering warpgroups;
    private final BulkLowering bulk;

    private Lowering(PtxEntry entry, ModuleMemory module) {
        this.entry = entry;
        this.module = module;
        Map<Symbol, Integer> parameterOffsets = new HashMap<>();
        List<Argument> formals = entry.routine().parameters();
        for (int n = 0; n < formals.size(); n++) {
            EntryParameter parameter = entry.parameters().get(n);
            parameterOffsets.put(((Argument.AddressOf) formals.get(n)).symbol(), parameter.offsetBytes());
        }
        placeShared(entry.routine());
        this.emitter = new Emitter(shared, module, parameterOffsets);
        this.integers = new IntegerLowering(emitter);
        this.floats = new FloatLowering(emitter);
        this.moves = new MoveLowering(emitter);
        this.memory = new MemoryLowering(emitter);
        this.warps = new WarpLowering(emitter);
        this.warpgroups = new WarpgroupLowering(emitter);
        this.bulk = new BulkLowering(emitter, memory);
    }

    static Program lower(PtxEntry entry, ModuleMemory module) {
        return new Lowering(entry, module).program();
    }

    private Program program() {
        Frame frame = new Frame(entry.routine());
        expand(entry.routine(), frame, true);
        emitter.place(frame.end);
        emitter.emitBare(new Exit());
        if (emitter.localBytes() > LOCAL_LIMIT) {
            throw new PtxFault(
                    PtxFault.Kind.LAUNCH,
                    0,
                    entry.name() + " needs " + emitter.localBytes() + " bytes of local memory a thread, more than "
                            + LOCAL_LIMIT);
        }
        Step[] code = ControlFlow.link(emitter.steps());
        return new Program(
                entry.name(),
                code,
                emitter.slots(),
                emitter.specials(),
                emitter.localBytes(),
                shared,
                module.constants());
    }

    private void placeShared(Routine routine) {
        for (Operation operation : routine.code()) {
            operation.arguments().forEach(this::placeShared);
        }
    }

    private void placeShared(Argument argument) {
        switch (argument) {
            case Argument.AddressOf address -> {
                if (address.symbol().space() == StateSpace.SHARED) {
                    shared.place(address.symbol());
                }
            }
            case Argument.Memory access -> placeShared(access.base());
            case Argument.Tensor tensor -> placeShared(tensor.map());
            case Argument.Callee callee -> placeShared(callee.routine());
            case Argument.Group group -> group.elements().forEach(this::placeShared);
            default -> {}
        }
    }

    private void expand(Routine routine, Frame frame, boolean isEntry) {
        Frame outer = emitter.enter(frame);
        List<Operation> code = routine.code();
        for (int n = 0; n <= code.size(); n++) {
            for (int label = 0; label < frame.labels.length; label++) {
                if (routine.labels().get(label) == n) {
                    emitter.place(frame.labels[label]);
                }
            }
            if (n < code.size()) {
                operation(code.get(n), frame, isEntry);
            }
        }
        emitter.enter(outer);
    }

    private void operation(Operation o, Frame frame, boolean isEntry) {
        switch (o.opcode()) {
            case "call" -> call(o, frame);
            case "ret" -> emitter.emit(isEntry ? new Exit() : new Branch(frame.end), o);
            case "exit" -> emitter.emit(new Exit(), o);
            case "bra" -> emitter.emit(new Branch(target(o, 0, 0, frame)), o);
            case "brx" -> {
                List<Integer> choices = ((Argument.Target) o.argument(1)).labels();
                Label[] labels = new Label[choices.size()];
                for (int n = 0; n < labels.length; n++) {
                    labels[n] = target(o, 1, n, frame);
                }
                emitter.emit(new IndexedBranch(labels, emitter.source(o, 0)), o);
            }
            default -> emitter.emit(step(o), o);
        }
    }

    private static Label target(Operation o, int index, int choice, Frame frame) {
        return frame.labels[((Argument.Target) o.argument(index)).labels().get(choice)];
    }

    /** Expands a call: arguments into the callee's frame, its body, results back. */
    private void call(Operation o, Frame caller) {
        Argument.Callee callee = (Argument.Callee) o.argument(0);
        Routine routine = callee.routine();
        Frame frame = new Frame(routine);
        Label past = new Label();
        Argument.Predicate guard = o.guard();
        if (guard != null) {
            Branch around = new Branch(past);
            around.attach(null, emitter.register(guard.register()), !guard.negated(), new int[0], new int[0]);
            emitter.steps().add(around);
        }
        for (int n = 0; n < callee.arguments().size(); n++) {
            pass(callee.arguments().get(n), caller, routine.parameters().get(n), frame);
        }
        expand(routine, frame, false);
        emitter.place(frame.end);
        for (int n = 0; n < callee.results().size(); n++) {
            pass(routine.results().get(n), frame, callee.results().get(n), caller);
        }
        emitter.place(past);
    }

    private void pass(Argument from, Frame fromFrame, Argument to, Frame toFrame) {
        Frame current = emitter.enter(fromFrame);
        if (to instanceof Argument.Reg register) {
            PtxType type = register.register().type();
            Bank bank = Bank.of(type);
            int a = bank == Bank.PREDICATE
                    ? emitter.register(((Argument.Reg) from).register())
                    : emitter.source(from, bank, type);
            emitter.enter(toFrame);
            int d = emitter.target(to, bank, type);
            Step move = switch (bank) {
                case INT -> new IntUnary(IntUnary.Op.MOVE, d, a);
                case FLOAT -> new Select(Bank.FLOAT, d, a, a, Bank.FLOAT, a);
                case LONG -> new Select(Bank.LONG, d, a, a, Bank.INT, emitter.constant(Bank.INT, 0));
                case DOUBLE -> new Select(Bank.DOUBLE, d, a, a, Bank.INT, emitter.constant(Bank.INT, 0));
                case PREDICATE -> new PredicateLogic(PredicateLogic.Op.MOVE, d, a, a);
            };
            emitter.emitMove(move);
        } else {
            Symbol source = ((Argument.AddressOf) from).symbol();
            int a = emitter.local(source);
            emitter.enter(toFrame);
            Symbol destination = ((Argument.AddressOf) to).symbol();
            int byteCount = (int) Math.min(
                    source.variable().byteSize(), destination.variable().byteSize());
            emitter.emitBare(new CopyLocal(emitter.local(destination), a, byteCount));
        }
        emitter.enter(current);
    }

    private Step step(Operation o) {
        if (FloatLowering.isFloat(o)) {
            switch (o.opcode()) {
                case "add", "sub", "mul", "fma", "mad", "div", "neg", "abs", "min", "max", "rcp", "sqrt", "rsqrt" -> {
                    return floats.lower(o);
                }
                case "sin", "cos", "lg2", "ex2", "tanh", "copysign" -> {
                    return floats.lower(o);
                }
                default -> {}
            }
        }
        return switch (o.opcode()) {
            case "add", "sub", "addc", "subc" -> integers.addOrSubtract(o);
            case "mul" -> integers.multiply(o);
            case "mad", "madc" -> integers.multiplyAdd(o);
            case "mul24", "mad24" -> integers.multiply24(o);
            case "sad" -> integers.sumOfDifferences(o);
            case "div", "rem" -> integers.divide(o);
            case "abs", "neg" -> integers.absOrNegate(o);
            case "min", "max" -> integers.minOrMax(o);
            case "popc", "clz", "bfind" -> integers.count(o);
            case "fns", "brev", "bfe", "bfi", "szext", "bmsk" -> integers.bits(o);
            case "dp4a", "dp2a" -> integers.dot(o);
            case "and", "or", "xor" -> integers.logic(o);
            case "not", "cnot" -> integers.not(o);
            case "shl", "shr" -> integers.shift(o);
            case "shf" -> integers.funnel(o);
            case "prmt" -> integers.permute(o);
            case "lop3" -> integers.lop3(o);
            case "testp" -> floats.testProperty(o);
            case "setp" -> floats.setPredicate(o);
            case "set" -> floats.setValue(o);
            case "mov" -> moves.move(o);
            case "selp", "slct" -> moves.select(o);
            case "cvta" -> moves.toAddress(o);
            case "isspacep" -> moves.isSpace(o);
            case "cvt" -> moves.convert(o);
            default -> memoryOrSync(o);
        };
    }

    private Step memoryOrSync(Operation o) {
        return switch (o.opcode()) {
            case "ld", "ldu" -> memory.load(o);
            case "st" -> o.has("async") ? bulk.storeAsync(o) : memory.store(o);
            case "atom", "red" -> memory.atomic(o);
            case "cp" -> o.has("bulk") ? bulk.copy(o) : memory.copyAsync(o);
            case "mapa" -> bulk.mapAddress(o);
            case "getctarank" -> bulk.clusterRank(o);
            case "mbarrier" -> memory.memoryBarrier(o);
            case "ldmatrix", "stmatrix" -> memory.matrixTransfer(o);
            case "movmatrix" -> memory.moveMatrix(o);
            case "mma" -> memory.multiply(o);
            case "wgmma" -> warpgroups.lower(o);
            case "setmaxnreg" -> warpgroups.registerCount(o);
            case "shfl" -> warps.shuffle(o);
            case "vote" -> warps.vote(o);
            case "match" -> warps.match(o);
            case "redux" -> warps.redux(o);
            case "elect" -> warps.elect(o);
            case "bar", "barrier" -> o.has("cluster") ? bulk.clusterBarrier(o) : warps.barrier(o);
            case "activemask" -> new ActiveMask(emitter.target(o, 0));
            case "membar", "fence" -> new Fence(true);
            case "nanosleep" -> new Sleep();
            case "trap", "brkpt" -> new Trap();
            case "createpolicy" ->
                new LongBinary(
                        LongBinary.Op.AND,
                        emitter.target(o, 0),
                        emitter.constant(Bank.LONG, 0),
                        emitter.constant(Bank.LONG, 0));
            case "prefetch" -> o.has("tensormap") ? bulk.prefetchMap(o) : new Fence(false);
            case "prefetchu", "discard", "applypriority", "pmevent", "griddepcontrol" -> new Fence(false);
            default -> throw new AssertionError("no lowering for " + o.syntax().text());
        };
    }
}

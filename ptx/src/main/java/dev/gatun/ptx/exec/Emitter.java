package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.OperandSlot;
import dev.gatun.ptx.verify.Operation;
import dev.gatun.ptx.verify.Register;
import dev.gatun.ptx.verify.SpecialRegister;
import dev.gatun.ptx.verify.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the steps of a program and turns arguments into slots.
 *
 * <p>While one operation is lowered, {@code source...} and {@code target...} note what it reads and writes; casts that
 * operands need are emitted before it, casts of results after it under the same guard.
 */
final class Emitter {
    private final Slots slots = new Slots();
    private final List<Step> steps = new ArrayList<>();
    private final List<Program.SpecialSlot> specials = new ArrayList<>();
    private final Map<List<Object>, Integer> specialSlots = new HashMap<>();
    private final SharedLayout shared;
    private final ModuleMemory module;
    private final Map<Symbol, Integer> parameterOffsets;
    private final List<Step> after = new ArrayList<>();
    private final List<Integer> reads = new ArrayList<>();
    private final List<Integer> writes = new ArrayList<>();
    private final List<int[]> afterRegisters = new ArrayList<>();
    private @Nullable Frame frame;
    private int localBytes;

    Emitter(SharedLayout shared, ModuleMemory module, Map<Symbol, Integer> parameterOffsets) {
        this.shared = shared;
        this.module = module;
        this.parameterOffsets = parameterOffsets;
    }

    Frame frame() {
        return java.util.Objects.requireNonNull(frame);
    }

    @Nullable
    Frame enter(@Nullable Frame next) {
        Frame previous = frame;
        frame = next;
        return previous;
    }

    List<Step> steps() {
        return steps;
    }

    Slots slots() {
        return slots;
    }

    List<Program.SpecialSlot> specials() {
        return specials;
    }

    int localBytes() {
        return (localBytes + 15) & -16;
    }

    /** Reserves local memory of a thread. */
    int reserveLocal(long byteSize, int alignment) {
        localBytes = (localBytes + alignment - 1) & -alignment;
        int offset = localBytes;
        localBytes += Math.toIntExact(byteSize);
        return offset;
    }

    void place(Label label) {
        label.index = steps.size();
    }

    /** Emits the step of an operation, then the casts of its results. */
    void emit(Step step, Operation operation) {
        Argument.Predicate guard = operation.guard();
        int guardSlot = guard == null ? -1 : register(guard.register());
        boolean negated = guard != null && guard.negated();
        step.attach(operation, guardSlot, negated, toArray(reads), toArray(writes));
        steps.add(step);
        for (int n = 0; n < after.size(); n++) {
            int[] registers = afterRegisters.get(n);
            after.get(n).attach(null, guardSlot, negated, new int[] {registers[0]}, new int[] {registers[1]});
            steps.add(after.get(n));
        }
        after.clear();
        afterRegisters.clear();
        reads.clear();
        writes.clear();
    }

    /** Emits a step that no instruction asked for. */
    void emitBare(Step step) {
        step.attach(null, -1, false, new int[0], new int[0]);
        steps.add(step);
    }

    /** Emits a step that no instruction asked for and that gives a register its value. */
    void emitBare(Step step, Bank bank, int slot) {
        step.attach(null, -1, false, new int[0], new int[] {bank.slot(slot)});
        steps.add(step);
    }

    /** Emits a step of the machine's own that reads and writes what was noted. */
    void emitMove(Step step) {
        step.attach(null, -1, false, toArray(reads), toArray(writes));
        steps.add(step);
        for (int n = 0; n < after.size(); n++) {
            int[] registers = afterRegisters.get(n);
            after.get(n).attach(null, -1, false, new int[] {registers[0]}, new int[] {registers[1]});
            steps.add(after.get(n));
        }
        after.clear();
        afterRegisters.clear();
        reads.clear();
        writes.clear();
    }

    private void emitCast(Step step, Bank from, int a, Bank to, int d) {
        step.attach(null, -1, false, new int[] {from.slot(a)}, new int[] {to.slot(d)});
        steps.add(step);
    }

    private static int[] toArray(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    int register(Register register) {
        Frame here = frame();
        if (here.slots[register.index()] < 0) {
            here.slots[register.index()] = slots.add(here.banks[register.index()]);
        }
        return here.slots[register.index()];
    }

    Bank home(Argument argument) {
        return argument instanceof Argument.Reg reg
                ? frame().banks[reg.register().index()]
                : Bank.INT;
    }

    int constant(Bank bank, long bits) {
        return slots.constant(bank, bits);
    }

    int temporary(Bank bank) {
        return slots.add(bank);
    }

    /** The slot that holds operand {@code index} of an operation, in the bank of its type. */
    int source(Operation operation, int index) {
        PtxType type = type(operation, index);
        return source(operation.argument(index), Bank.of(type), type);
    }

    /** As {@link #source(Operation, int)}, with 16-bit signed values extended. */
    int extended(Operation operation, int index) {
        int slot = source(operation, index);
        return type(operation, index) == PtxType.S16 ? extend(slot) : slot;
    }

    private int extend(int slot) {
        int temporary = slots.add(Bank.INT);
        emitCast(new IntUnary(IntUnary.Op.SIGN_16, temporary, slot), Bank.INT, slot, Bank.INT, temporary);
        return temporary;
    }

    static PtxType type(Operation operation, int index) {
        OperandSlot slot = operation.slots().get(index);
        PtxType type = slot.type(operation.selection());
        return type == null ? PtxType.PRED : type;
    }

    /** The slot that holds a value as {@code bank}; {@code type} says how a register of another width converts. */
    int source(Argument argument, Bank bank, PtxType type) {
        int slot = switch (argument) {
            case Argument.Reg reg -> cast(register(reg.register()), home(reg), bank, type.isSigned());
            case Argument.Constant constant -> slots.constant(bank, constant.bits());
            case Argument.Special special -> cast(special(special), specialBank(special), bank, false);
            case Argument.AddressOf address -> slots.constant(bank, address(address));
            case Argument.Predicate predicate -> predicate(predicate);
            default -> throw new AssertionError(argument);
        };
        reads.add(bank.slot(slot));
        return slot;
    }

    private static Bank specialBank(Argument.Special special) {
        return special.register().isClock() ? Bank.LONG : Bank.INT;
    }

    private int special(Argument.Special special) {
        SpecialRegister register = special.register();
        if (register.isClock()) {
            int slot = slots.add(Bank.LONG);
            emitBare(new ReadClock(register, slot), Bank.LONG, slot);
            return slot;
        }
        return specialSlots.computeIfAbsent(List.of(register, special.component()), key -> {
            int slot = slots.add(Bank.INT);
            specials.add(new Program.SpecialSlot(register, special.component(), slot));
            return slot;
        });
    }

    private int cast(int slot, Bank from, Bank to, boolean signed) {
        if (from == to) {
            return slot;
        }
        if (to == Bank.FLOAT && from.isWide()) {
            return cast(cast(slot, from, Bank.INT, false), Bank.INT, to, false);
        }
        if (from == Bank.DOUBLE && to == Bank.INT) {
            return cast(cast(slot, from, Bank.LONG, false), Bank.LONG, to, false);
        }
        if (from == Bank.FLOAT && to.isWide()) {
            return cast(cast(slot, from, Bank.INT, false), Bank.INT, to, signed);
        }
        int temporary = slots.add(to);
        emitCast(new Cast(castOp(from, to, signed), temporary, slot), from, slot, to, temporary);
        return temporary;
    }

    private static Cast.Op castOp(Bank from, Bank to, boolean signed) {
        return switch (from) {
            case INT ->
                to == Bank.FLOAT
                        ? Cast.Op.INT_TO_FLOAT
                        : signed ? Cast.Op.INT_TO_LONG_SIGNED : Cast.Op.INT_TO_LONG_UNSIGNED;
            case FLOAT -> Cast.Op.FLOAT_TO_INT;
            case LONG -> to == Bank.DOUBLE ? Cast.Op.LONG_TO_DOUBLE : Cast.Op.LONG_TO_INT;
            case DOUBLE -> Cast.Op.DOUBLE_TO_LONG;
            case PREDICATE -> throw new AssertionError("predicates are not cast");
        };
    }

    /** The slot for the result in operand {@code index}, in the bank of its type. */
    int target(Operation operation, int index) {
        PtxType type = type(operation, index);
        return target(operation.argument(index), Bank.of(type), type);
    }

    /** As {@link #target(Operation, int)}; results of 16-bit instructions are cut to 16 bits. */
    int cut(Operation operation, int index) {
        PtxType type = type(operation, index);
        if (type.byteSize() != 2) {
            return target(operation, index);
        }
        return cut(operation.argument(index));
    }

    /** A result that its 16-bit register keeps only the low half of. */
    int cut(Argument argument) {
        if (argument instanceof Argument.Reg reg && reg.register().type().byteSize() <= 2) {
            int slot = register(reg.register());
            int temporary = slots.add(Bank.INT);
            IntUnary.Op op = reg.register().type().byteSize() == 1 ? IntUnary.Op.ZERO_8 : IntUnary.Op.ZERO_16;
            addAfter(new IntUnary(op, slot, temporary), Bank.INT, temporary, Bank.INT, slot);
            writes.add(Bank.INT.slot(temporary));
            return temporary;
        }
        return target(argument, Bank.INT, PtxType.S32);
    }

    private void addAfter(Step step, Bank from, int a, Bank to, int d) {
        after.add(step);
        afterRegisters.add(new int[] {from.slot(a), to.slot(d)});
    }

    int target(Argument argument, Bank bank, PtxType type) {
        Argument single = argument instanceof Argument.Two two ? two.first() : argument;
        if (!(single instanceof Argument.Reg reg)) {
            return slots.add(bank); // dropped
        }
        Bank home = home(reg);
        int slot = register(reg.register());
        if (home == bank) {
            writes.add(bank.slot(slot));
            return slot;
        }
        int temporary = slots.add(bank);
        writes.add(bank.slot(temporary));
        if (bank == Bank.INT && home == Bank.DOUBLE) {
            int wide = slots.add(Bank.LONG);
            addAfter(
                    new Cast(castOp(Bank.INT, Bank.LONG, type.isSigned()), wide, temporary),
                    bank,
                    temporary,
                    Bank.LONG,
                    wide);
            addAfter(new Cast(Cast.Op.LONG_TO_DOUBLE, slot, wide), Bank.LONG, wide, home, slot);
        } else {
            addAfter(new Cast(castOp(bank, home, type.isSigned()), slot, temporary), bank, temporary, home, slot);
        }
        return temporary;
    }

    /** The second destination of {@code d|p}, or -1. */
    int secondTarget(Argument argument) {
        if (argument instanceof Argument.Two two && two.second() instanceof Argument.Reg reg) {
            int slot = register(reg.register());
            writes.add(Bank.PREDICATE.slot(slot));
            return slot;
        }
        return -1;
    }

    int predicate(Argument argument) {
        if (argument instanceof Argument.Constant constant) {
            int value = slots.add(Bank.PREDICATE);
            PredicateLogic.Op op = constant.bits() == 0 ? PredicateLogic.Op.FALSE : PredicateLogic.Op.TRUE;
            emitBare(new PredicateLogic(op, value, value, value), Bank.PREDICATE, value);
            return value;
        }
        Argument.Predicate predicate = (Argument.Predicate) argument;
        int slot = register(predicate.register());
        if (!predicate.negated()) {
            reads.add(Bank.PREDICATE.slot(slot));
            return slot;
        }
        int temporary = slots.add(Bank.PREDICATE);
        emitCast(
                new PredicateLogic(PredicateLogic.Op.NOT, temporary, slot, slot),
                Bank.PREDICATE,
                slot,
                Bank.PREDICATE,
                temporary);
        reads.add(Bank.PREDICATE.slot(temporary));
        return temporary;
    }

    /** The address operand; what a variable's address means depends on its space. */
    Address memory(Argument argument, StateSpace space) {
        Argument.Memory memory = (Argument.Memory) argument;
        return switch (memory.base()) {
            case Argument.Constant constant -> new Address(space, -1, false, constant.bits() + memory.offsetBytes());
            case Argument.AddressOf address -> variable(address, memory.offsetBytes());
            case Argument.Reg reg -> {
                boolean narrow = !home(reg).isWide();
                int slot = source(reg, narrow ? Bank.INT : Bank.LONG, narrow ? PtxType.U32 : PtxType.U64);
                // A register holds the address of a parameter as a generic one: it may lie in a frame.
                yield new Address(
                        space == StateSpace.PARAM ? StateSpace.GENERIC : space, slot, narrow, memory.offsetBytes());
            }
            default -> throw new AssertionError(memory);
        };
    }

    private Address variable(Argument.AddressOf address, long offset) {
        Symbol symbol = address.symbol();
        long at = address(address) + offset;
        if (symbol.space() == StateSpace.PARAM) {
            boolean entry = symbol.isParameterOfEntry();
            return new Address(
                    entry ? StateSpace.PARAM : StateSpace.LOCAL,
                    -1,
                    false,
                    at - (entry ? Windows.PARAM : Windows.LOCAL));
        }
        return new Address(symbol.space(), -1, false, at);
    }

    /** The address of a variable in its space; parameters have generic ones. */
    long address(Argument.AddressOf address) {
        Symbol symbol = address.symbol();
        return address.offsetBytes()
                + switch (symbol.space()) {
                    case SHARED -> shared.offset(symbol);
                    case GLOBAL, CONST -> module.address(symbol);
                    case LOCAL -> local(symbol);
                    case PARAM -> {
                        Integer offset = parameterOffsets.get(symbol);
                        yield symbol.isParameterOfEntry() && offset != null
                                ? Windows.PARAM + offset
                                : Windows.LOCAL + local(symbol);
                    }
                    default -> throw new AssertionError(symbol);
                };
    }

    int local(Symbol symbol) {
        return frame().locals
                .computeIfAbsent(
                        symbol,
                        missing -> reserveLocal(
                                missing.variable().byteSize(),
                                missing.variable().alignment()));
    }
}

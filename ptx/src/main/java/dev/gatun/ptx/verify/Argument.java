package dev.gatun.ptx.verify;

import dev.gatun.ptx.PtxType;
import java.util.List;

/** A resolved operand. */
public sealed interface Argument {
    record Reg(Register register) implements Argument {}

    /** A constant; {@code bits} are those of its type, zero-extended. */
    record Constant(long bits, PtxType type) implements Argument {}

    /** A component (0 to 2) of a special register. */
    record Special(SpecialRegister register, int component) implements Argument {}

    /** The address of a variable plus an offset. */
    record AddressOf(Symbol symbol, long offsetBytes) implements Argument {}

    /** A memory operand; {@code base} is a register, a constant or the address of a variable. */
    record Memory(Argument base, long offsetBytes) implements Argument {}

    /** A box of a tensor: the address of its map, and the coordinates of the first element, innermost first. */
    record Tensor(Memory map, List<Argument> coordinates) implements Argument {}

    record Group(List<Argument> elements) implements Argument {}

    record Predicate(Register register, boolean negated) implements Argument {}

    /** A destination with a second, predicate destination. */
    record Two(Argument first, Argument second) implements Argument {}

    /** Labels by number, see {@link Routine#labels}. */
    record Target(List<Integer> labels) implements Argument {}

    /** A called routine with its results and arguments. */
    record Callee(Routine routine, List<Argument> results, List<Argument> arguments) implements Argument {}

    /** Nothing: a dropped destination. */
    record Dropped() implements Argument {}
}

package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import java.util.List;

/** An operand as written: names are not resolved, constants are folded. */
public sealed interface Operand {
    Position position();

    /**
     * A register, variable, label or function, or an address within a variable.
     *
     * @param element the component after the dot ({@code %tid.x}, {@code %v.y}), or empty
     * @param offset  bytes added, 0 if none
     */
    record Name(Position position, String name, String element, long offset) implements Operand {}

    record Int(Position position, long value) implements Operand {}

    /** A floating constant; {@code byteSize} is 4 for {@code 0f...} and 8 for {@code 0d...} and decimals. */
    record Real(Position position, long bits, int byteSize) implements Operand {
        public double value() {
            return byteSize == 4 ? Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
        }
    }

    /** {@code [base + offset]}, with the coordinates of a tensor access if there are any. */
    record Address(Position position, Operand base, long offset, List<Operand> coordinates) implements Operand {}

    record Vector(Position position, List<Operand> elements) implements Operand {}

    /** A negated predicate. */
    record Not(Position position, Operand operand) implements Operand {}

    /** Two destinations, {@code d|p}. */
    record Pair(Position position, Operand first, Operand second) implements Operand {}

    /** The destination {@code _}, whose value is dropped. */
    record Sink(Position position) implements Operand {}

    /** The bracketed list of a call. */
    record Arguments(Position position, List<Operand> values) implements Operand {}
}

package dev.gatun.ptx.syntax;

import dev.gatun.ptx.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line of a function's body. */
public sealed interface Statement {
    Position position();

    record Label(Position position, String name) implements Statement {}

    /** The guard {@code @p} or {@code @!p}. */
    record Guard(Position position, String register, boolean negated) {}

    /** An instruction; modifiers are without their dots, in the order written. */
    record Instruction(
            Position position,
            @Nullable Guard guard,
            String opcode,
            List<String> modifiers,
            List<Operand> operands,
            String text)
            implements Statement {}

    record Scope(Position position, List<Statement> statements) implements Statement {}

    record Declaration(Position position, Variable variable) implements Statement {}

    /** The labels that a {@code brx.idx} or the functions that a {@code call} may choose from. */
    record Targets(Position position, String name, List<String> targets) implements Statement {}

    /** The signature of an indirect call. */
    record Prototype(Position position, String name) implements Statement {}

    /** {@code .loc}: the instructions that follow come from this line of another source file. */
    record SourceLine(Position position, int file, int line, int column) implements Statement {}
}

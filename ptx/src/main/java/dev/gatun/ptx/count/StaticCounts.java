package dev.gatun.ptx.count;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Statement;
import dev.gatun.ptx.syntax.Variable;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.Operation;
import dev.gatun.ptx.verify.PtxEntry;
import dev.gatun.ptx.verify.Routine;
import dev.gatun.ptx.verify.Symbol;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the text of a kernel holds before it runs, the functions it calls included once each.
 *
 * @param instructions by class
 * @param registers    declared, by the name of their width: {@code pred b16 b32 b64 b128}; the assembler shares them out anew
 * @param sharedBytes  static, of a block: variables that the code names
 * @param localBytes   of a thread
 * @param parameterBytes of the parameter block
 */
public record StaticCounts(
        Map<InstructionClass, Integer> instructions,
        Map<String, Integer> registers,
        long sharedBytes,
        long localBytes,
        int parameterBytes) {

    public StaticCounts {
        instructions = Collections.unmodifiableMap(new EnumMap<>(instructions));
        registers = Collections.unmodifiableMap(new TreeMap<>(registers));
    }

    /** Counts an entry. */
    public static StaticCounts of(PtxEntry entry) {
        Set<Routine> routines = new LinkedHashSet<>();
        Set<Symbol> symbols = new LinkedHashSet<>();
        reach(entry.routine(), routines, symbols);
        Map<InstructionClass, Integer> instructions = new EnumMap<>(InstructionClass.class);
        Map<String, Integer> registers = new TreeMap<>();
        for (Routine routine : routines) {
            routine.code().forEach(one -> instructions.merge(InstructionClass.of(one), 1, Integer::sum));
            List<Statement> body = routine.syntax().body();
            declared(body == null ? List.of() : body, registers);
        }
        return new StaticCounts(
                instructions,
                registers,
                bytes(symbols, StateSpace.SHARED),
                bytes(symbols, StateSpace.LOCAL),
                entry.parameterBytes());
    }

    /** All instructions. */
    public int total() {
        return instructions.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static void reach(Routine routine, Set<Routine> routines, Set<Symbol> symbols) {
        if (routines.add(routine)) {
            for (Operation operation : routine.code()) {
                operation.arguments().forEach(argument -> reach(argument, routines, symbols));
            }
        }
    }

    private static void reach(Argument argument, Set<Routine> routines, Set<Symbol> symbols) {
        switch (argument) {
            case Argument.AddressOf address -> symbols.add(address.symbol());
            case Argument.Memory memory -> reach(memory.base(), routines, symbols);
            case Argument.Tensor tensor -> reach(tensor.map(), routines, symbols);
            case Argument.Group group -> group.elements().forEach(element -> reach(element, routines, symbols));
            case Argument.Callee callee -> reach(callee.routine(), routines, symbols);
            default -> {}
        }
    }

    private static void declared(List<Statement> statements, Map<String, Integer> registers) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Scope scope -> declared(scope.statements(), registers);
                case Statement.Declaration declaration
                when declaration.variable().space() == StateSpace.REG -> {
                    Variable variable = declaration.variable();
                    int count = Math.max(variable.registers(), 1) * variable.vector();
                    registers.merge(width(variable.type()), count, Integer::sum);
                }
                default -> {}
            }
        }
    }

    private static String width(PtxType type) {
        return type == PtxType.PRED ? "pred" : "b" + 8 * Math.max(type.byteSize(), 2);
    }

    private static long bytes(Set<Symbol> symbols, StateSpace space) {
        long end = 0;
        for (Symbol symbol : symbols) {
            if (symbol.space() == space) {
                int alignment = symbol.variable().alignment();
                end = (end + alignment - 1) / alignment * alignment
                        + symbol.variable().byteSize();
            }
        }
        return end;
    }
}

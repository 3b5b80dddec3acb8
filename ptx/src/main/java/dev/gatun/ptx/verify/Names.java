package dev.gatun.ptx.verify;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the names of one routine stand for, innermost scope first. */
final class Names {
    /** A register or register vector, or a range {@code %r<n>} of them. */
    private record Declared(Variable variable) {}

    private final Map<String, Symbol> moduleSymbols;
    private final List<Register> registers = new ArrayList<>();
    private final List<Map<String, Object>> scopes = new ArrayList<>();

    Names(Map<String, Symbol> moduleSymbols) {
        this.moduleSymbols = moduleSymbols;
        enter();
    }

    List<Register> registers() {
        return registers;
    }

    void enter() {
        scopes.add(new HashMap<>());
    }

    void leave() {
        scopes.remove(scopes.size() - 1);
    }

    void declare(Variable variable, boolean parameterOfEntry) {
        VariableRules.check(variable);
        Map<String, Object> scope = scopes.get(scopes.size() - 1);
        Object meaning = variable.space() == StateSpace.REG
                ? new Declared(variable)
                : new Symbol(variable, parameterOfEntry, false);
        String key = variable.registers() > 0 ? variable.name() + "<>" : variable.name();
        if (SpecialRegister.of(variable.name()) != null) {
            throw error(variable.position(), "'" + variable.name() + "' is a special register");
        }
        if (scope.putIfAbsent(key, meaning) != null) {
            throw error(variable.position(), "'" + variable.name() + "' is declared twice in this scope");
        }
        if (variable.space() == StateSpace.REG && !variable.dimensions().isEmpty()) {
            throw error(variable.position(), "registers cannot form an array: '" + variable.name() + "'");
        }
        if (variable.space() == StateSpace.REG && variable.type() == PtxType.B128) {
            throw error(variable.position(), ".b128 registers are not supported: '" + variable.name() + "'");
        }
    }

    /** The variable in memory called {@code name}, or null. */
    @Nullable
    Symbol symbol(String name) {
        for (int i = scopes.size() - 1; i >= 0; i--) {
            Object found = scopes.get(i).get(name);
            if (found != null) {
                return found instanceof Symbol symbol ? symbol : null;
            }
        }
        return moduleSymbols.get(name);
    }

    /** The register called {@code name} (component {@code element} of it, if not empty), or null. */
    @Nullable
    Register register(String name, String element) {
        String full = element.isEmpty() ? name : name + "." + element;
        for (int i = scopes.size() - 1; i >= 0; i--) {
            Map<String, Object> scope = scopes.get(i);
            Object found = scope.get(full);
            if (found instanceof Register register) {
                return register;
            }
            Variable variable = declaration(scope, name);
            if (variable != null) {
                if ((variable.vector() > 1) == element.isEmpty()) {
                    return null;
                }
                if (!element.isEmpty() && component(element) >= variable.vector()) {
                    return null;
                }
                Register register = new Register(registers.size(), full, variable.type());
                registers.add(register);
                scope.put(full, register);
                return register;
            }
        }
        return null;
    }

    /** The vector register called {@code name} as its elements, or null. */
    @Nullable
    List<Register> vector(String name) {
        for (int i = scopes.size() - 1; i >= 0; i--) {
            Variable variable = declaration(scopes.get(i), name);
            if (variable != null) {
                List<Register> elements = new ArrayList<>();
                for (int e = 0; e < variable.vector() && variable.vector() > 1; e++) {
                    Register element = register(name, String.valueOf("xyzw".charAt(e)));
                    if (element != null) {
                        elements.add(element);
                    }
                }
                return elements.isEmpty() ? null : elements;
            }
        }
        return null;
    }

    static int component(String element) {
        return switch (element) {
            case "x", "r" -> 0;
            case "y", "g" -> 1;
            case "z", "b" -> 2;
            case "w", "a" -> 3;
            default -> Integer.MAX_VALUE;
        };
    }

    private static @Nullable Variable declaration(Map<String, Object> scope, String name) {
        if (scope.get(name) instanceof Declared declared) {
            return declared.variable();
        }
        int digits = name.length();
        while (digits > 0 && Character.isDigit(name.charAt(digits - 1))) {
            digits--;
        }
        for (int split = digits; split < name.length(); split++) {
            if (name.charAt(split) == '0' && split < name.length() - 1) {
                continue;
            }
            if (scope.get(name.substring(0, split) + "<>") instanceof Declared declared
                    && name.length() - split <= 9
                    && Integer.parseInt(name.substring(split))
                            < declared.variable().registers()) {
                return declared.variable();
            }
        }
        return null;
    }

    private static PtxVerifyException error(Position position, String message) {
        return new PtxVerifyException(position, message);
    }
}

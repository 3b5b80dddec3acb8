package dev.gatun.ptx.verify;

import dev.gatun.ptx.Position;
import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.PtxVerifyException;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Linkage;
import dev.gatun.ptx.syntax.Operand;
import dev.gatun.ptx.syntax.Variable;
import dev.gatun.ptx.syntax.Variable.Initializer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which values a variable may begin with (PTX ISA, "Initializers"). */
final class InitializerRules {
    private InitializerRules() {}

    /** Checks where the variable lies, and the shape and the types of its values. */
    static void check(Variable variable) {
        Initializer initializer = variable.initializer();
        if (initializer == null) {
            return;
        }
        if (variable.space() != StateSpace.GLOBAL && variable.space() != StateSpace.CONST) {
            throw error(
                    variable.position(),
                    "'" + variable.name()
                            + "' cannot have a value at the start; only .global and .const variables can");
        }
        if (variable.linkage() == Linkage.EXTERN) {
            throw error(variable.position(), "'" + variable.name() + "' is external, so its value stands elsewhere");
        }
        check(variable, initializer, 0);
    }

    /** How many values the braces at a depth hold; 0 where a single value stands. */
    private static int extent(Variable variable, int depth) {
        if (depth < variable.dimensions().size()) {
            return variable.dimensions().get(depth);
        }
        return depth == variable.dimensions().size() && variable.vector() > 1 ? variable.vector() : 0;
    }

    private static void check(Variable variable, Initializer initializer, int depth) {
        int extent = extent(variable, depth);
        switch (initializer) {
            case Initializer.Group group -> {
                if (extent == 0) {
                    throw error(group.position(), "braces where '" + variable.name() + "' takes a single value");
                }
                if (group.values().size() > extent) {
                    throw error(
                            group.position(),
                            group.values().size() + " values for " + extent + " elements of '" + variable.name() + "'");
                }
                for (Initializer value : group.values()) {
                    check(variable, value, depth + 1);
                }
            }
            case Initializer.Constant constant -> {
                if (extent != 0) {
                    throw error(
                            constant.value().position(),
                            "a single value where '" + variable.name() + "' takes values in braces");
                }
                checkType(variable.type(), constant.value());
            }
        }
    }

    private static void checkType(PtxType type, Operand value) {
        boolean fits = switch (value) {
            case Operand.Int integer -> TypeRules.takesInteger(type);
            case Operand.Real real -> TypeRules.takesReal(type);
            case Operand.Name name -> type.kind() != PtxType.Kind.FLOAT && type.byteSize() >= 4;
            default -> false;
        };
        if (!fits) {
            throw error(value.position(), "this value does not fit ." + type.suffix());
        }
    }

    /** Checks that the addresses among the values are of variables declared before. */
    static void checkAddresses(Variable variable, Map<String, Symbol> declared) {
        checkAddresses(variable.initializer(), declared);
    }

    private static void checkAddresses(@Nullable Initializer initializer, Map<String, Symbol> declared) {
        switch (initializer) {
            case null -> {}
            case Initializer.Group group -> group.values().forEach(value -> checkAddresses(value, declared));
            case Initializer.Constant constant -> {
                if (constant.value() instanceof Operand.Name name) {
                    Symbol symbol = declared.get(name.name());
                    if (symbol == null) {
                        throw error(name.position(), "'" + name.name() + "' is no variable declared before");
                    }
                    if (symbol.space() != StateSpace.GLOBAL && symbol.space() != StateSpace.CONST) {
                        throw error(
                                name.position(),
                                "'" + name.name() + "' lies in ."
                                        + symbol.space().word() + ", so its address is not known at the start");
                    }
                }
            }
        }
    }

    private static PtxVerifyException error(Position position, String message) {
        return new PtxVerifyException(position, message);
    }
}

package dev.gatun.runtime.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluated arguments of a call, filter or test. */
record Arguments(List<Value> positional, Map<String, Value> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Value... values) {
        return new Arguments(List.of(values), Map.of());
    }

    /** Values by parameter; null where none was given. Surplus and unknown arguments are faults. */
    @Nullable
    Value[] bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new Fault(function + "() takes " + parameters.length + " arguments, " + positional.size() + " given");
        }
        @Nullable Value[] bound = new @Nullable Value[parameters.length];
        for (int i = 0; i < positional.size(); i++) {
            bound[i] = positional.get(i);
        }
        named.forEach((name, value) -> {
            int i = List.of(parameters).indexOf(name);
            if (i < 0 || bound[i] != null) {
                throw new Fault(function + "() cannot take the argument '" + name + "'");
            }
            bound[i] = value;
        });
        return bound;
    }

    /** As {@link #bind}, with the first {@code required} parameters present. */
    @Nullable
    Value[] bindAtLeast(int required, String function, String... parameters) {
        @Nullable Value[] bound = bind(function, parameters);
        for (int i = 0; i < required; i++) {
            if (bound[i] == null) {
                throw new Fault(function + "() needs the argument '" + parameters[i] + "'");
            }
        }
        return bound;
    }

    static Value value(@Nullable Value given, Value otherwise) {
        return given == null ? otherwise : given;
    }

    static boolean flag(@Nullable Value given, boolean otherwise) {
        return given == null ? otherwise : Value.isTrue(given);
    }

    static Text text(String function, @Nullable Value given) {
        if (given instanceof Text text) {
            return text;
        }
        throw new Fault(function + "() needs a str, not " + (given == null ? "nothing" : Value.typeName(given)));
    }

    static long integer(String function, @Nullable Value given, long otherwise) {
        return switch (given) {
            case null -> otherwise;
            case Value.Int i -> i.value();
            case Value.Bool b -> b.number();
            default -> throw new Fault(function + "() needs an int, not " + Value.typeName(given));
        };
    }
}

package dev.gatun.runtime.template;

import dev.gatun.runtime.template.Statement.Signature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A macro and the scope it was defined in; also the body of a call block. */
record Macro(String name, Signature signature, Scope scope) implements Callable {

    @Override
    public Value call(Interpreter interpreter, Arguments arguments) {
        Scope inner = new Scope(scope);
        List<String> parameters = signature.parameters();
        List<Value> given = arguments.positional();
        Map<String, Value> named = new LinkedHashMap<>(arguments.named());
        Value caller = named.remove("caller");
        inner.set("caller", caller == null ? new Value.Undefined("'caller' is undefined: no call block") : caller);
        int required = parameters.size() - signature.defaults().size();
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Value value = i < given.size() ? given.get(i) : named.remove(parameter);
            if (value == null) {
                value = i < required
                        ? new Value.Undefined("parameter '" + parameter + "' was not provided")
                        : interpreter.value(signature.defaults().get(i - required), inner);
            }
            inner.set(parameter, value);
        }
        bindSurplus(interpreter, inner, given, named);
        return interpreter.body(signature, inner);
    }

    private void bindSurplus(Interpreter interpreter, Scope inner, List<Value> given, Map<String, Value> named) {
        int count = signature.parameters().size();
        List<Value> rest = given.size() > count ? given.subList(count, given.size()) : List.of();
        Dict namedRest = new Dict();
        named.forEach((key, value) -> namedRest.put(interpreter.budget, Text.of(key, false), value));
        if (!rest.isEmpty() && !signature.takesRest()) {
            throw new Fault("macro '" + name + "' takes not more than " + count + " arguments");
        }
        if (namedRest.size() > 0 && !signature.takesNamedRest()) {
            throw new Fault("macro '" + name + "' takes no argument named '"
                    + named.keySet().iterator().next() + "'");
        }
        inner.set("varargs", new Value.Sequence(Value.Kind.TUPLE, List.copyOf(rest)));
        inner.set("kwargs", namedRest);
    }

    @Override
    public Value attribute(String attribute) {
        return switch (attribute) {
            case "name" -> Text.trusted(name);
            case "arguments" ->
                new Value.Sequence(
                        Value.Kind.TUPLE,
                        signature.parameters().stream()
                                .map(p -> (Value) Text.trusted(p))
                                .toList());
            default -> Callable.super.attribute(attribute);
        };
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "<Macro '" + name + "'>";
    }
}

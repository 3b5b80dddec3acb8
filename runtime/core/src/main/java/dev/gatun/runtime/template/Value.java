package dev.gatun.runtime.template;

import java.util.List;

/** Everything a template can hold. Nothing here leads to a Java object that the template did not make or was not given. */
sealed interface Value
        permits Text,
                Value.Int,
                Value.Real,
                Value.Bool,
                Value.None,
                Value.Undefined,
                Value.Sequence,
                Dict,
                Namespace,
                Callable {

    /** An integer; results beyond 64 bits are refused. */
    record Int(long value) implements Value {}

    record Real(double value) implements Value {}

    enum Bool implements Value {
        FALSE,
        TRUE;

        /** Python's integer of the same value. */
        long number() {
            return this == TRUE ? 1 : 0;
        }

        static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }
    }

    enum None implements Value {
        NONE
    }

    /** A name, attribute or element that is not there; harmless until used. {@code reason} is the error it would raise. */
    record Undefined(String reason) implements Value {}

    /** What Python would call the sequence: it decides how the value prints and what the tests answer. */
    enum Kind {
        LIST,
        TUPLE,
        /** The unsized result of {@code map}, {@code select} and their like. */
        LAZY
    }

    record Sequence(Kind kind, List<Value> items) implements Value {}

    static Value of(boolean value) {
        return Bool.of(value);
    }

    static Value of(long value) {
        return new Int(value);
    }

    static Value list(List<Value> items) {
        return new Sequence(Kind.LIST, items);
    }

    static Value tuple(Value... items) {
        return new Sequence(Kind.TUPLE, List.of(items));
    }

    static Value lazy(List<Value> items) {
        return new Sequence(Kind.LAZY, items);
    }

    /** Python's name of the type, for messages. */
    static String typeName(Value value) {
        return switch (value) {
            case Text t -> "str";
            case Int i -> "int";
            case Real r -> "float";
            case Bool b -> "bool";
            case None n -> "NoneType";
            case Undefined u -> "Undefined";
            case Sequence s ->
                switch (s.kind()) {
                    case LIST -> "list";
                    case TUPLE -> "tuple";
                    case LAZY -> "generator";
                };
            case Dict d -> "dict";
            case Namespace n -> "Namespace";
            case Callable c -> "function";
        };
    }

    static boolean isTrue(Value value) {
        return switch (value) {
            case Text t -> !t.isEmpty();
            case Int i -> i.value() != 0;
            case Real r -> r.value() != 0;
            case Bool b -> b == Bool.TRUE;
            case None n -> false;
            case Undefined u -> false;
            case Sequence s -> s.kind() == Kind.LAZY || !s.items().isEmpty();
            case Dict d -> d.size() > 0;
            case Namespace n -> true;
            case Callable c -> true;
        };
    }
}

package dev.gatun.runtime.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code a.b} and {@code a[b]} find. */
final class Attributes {

    private Attributes() {}

    /** A method or attribute first, then the entry of a mapping. */
    static Value attribute(Budget budget, Value target, String name) {
        if (target instanceof Value.Undefined undefined) {
            throw new Fault(undefined.reason());
        }
        Value own = own(target, name);
        if (own != null) {
            return own;
        }
        Value entry = target instanceof Dict dict ? dict.get(name) : null;
        return entry == null ? missing(target, name) : entry;
    }

    /** The entry or element first, then, for a name, the attribute. */
    static Value item(Budget budget, Value target, Value index) {
        if (target instanceof Value.Undefined undefined) {
            throw new Fault(undefined.reason());
        }
        Value element = element(budget, target, index);
        if (element != null) {
            return element;
        }
        if (index instanceof Text text) {
            Value own = own(target, text.string());
            return own == null ? missing(target, text.string()) : own;
        }
        return new Value.Undefined("the " + Value.typeName(target) + " has no element "
                + PythonText.repr(budget, index).string());
    }

    private static @Nullable Value element(Budget budget, Value target, Value index) {
        if (target instanceof Dict dict) {
            boolean isUnhashable =
                    index instanceof Dict || (index instanceof Value.Sequence s && s.kind() != Value.Kind.TUPLE);
            return isUnhashable ? null : dict.get(budget, index);
        }
        long position;
        switch (index) {
            case Value.Int i -> position = i.value();
            case Value.Bool b -> position = b.number();
            default -> {
                return null;
            }
        }
        if (target instanceof Text text) {
            budget.text(text.string().length());
            int length = text.length();
            long from = position < 0 ? position + length : position;
            if (from < 0 || from >= length) {
                return null;
            }
            int start = text.offset((int) from);
            return text.sub(start, start + Character.charCount(text.string().codePointAt(start)));
        }
        if (target instanceof Value.Sequence sequence && sequence.kind() != Value.Kind.LAZY) {
            List<Value> items = sequence.items();
            long from = position < 0 ? position + items.size() : position;
            return from < 0 || from >= items.size() ? null : items.get((int) from);
        }
        return null;
    }

    private static @Nullable Value own(Value target, String name) {
        return switch (target) {
            case Text text
            when TextMethods.NAMES.contains(name) ->
                (Callable) (interpreter, arguments) -> TextMethods.call(interpreter.budget, text, name, arguments);
            case Dict dict
            when DictMethods.NAMES.contains(name) ->
                (Callable) (interpreter, arguments) -> DictMethods.call(interpreter.budget, dict, name, arguments);
            case Dict dict when DictMethods.CHANGING.contains(name) -> unsafe(target, name);
            case Value.Sequence list
            when list.kind() == Value.Kind.LIST && Sequences.CHANGING.contains(name) -> unsafe(target, name);
            case Value.Sequence list
            when name.equals("index") || name.equals("count") ->
                (Callable)
                        (interpreter, arguments) -> Sequences.find(interpreter.budget, list.items(), name, arguments);
            case Namespace namespace -> namespace.get(name);
            case Callable callable -> callable.attribute(name);
            default -> null;
        };
    }

    private static Value unsafe(Value target, String name) {
        return new Value.Undefined("access to attribute '" + name + "' of '" + Value.typeName(target)
                + "' object is unsafe: a template cannot change its data; use a namespace or build a new list");
    }

    private static Value missing(Value target, String name) {
        return name.startsWith("__")
                ? new Value.Undefined(
                        "access to attribute '" + name + "' of '" + Value.typeName(target) + "' object is unsafe")
                : new Value.Undefined("'" + Value.typeName(target) + " object' has no attribute '" + name + "'");
    }
}

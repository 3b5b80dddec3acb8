package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Filters that map, pick, order and group the elements of a sequence. */
final class Selection {
    static final Set<String> NAMES = Set.of(
            "map",
            "select",
            "reject",
            "selectattr",
            "rejectattr",
            "sort",
            "dictsort",
            "unique",
            "min",
            "max",
            "groupby");

    private Selection() {}

    static Value apply(Interpreter interpreter, String name, Value target, Arguments arguments) {
        Budget budget = interpreter.budget;
        return switch (name) {
            case "map" -> map(interpreter, target, arguments);
            case "select", "reject" -> select(interpreter, target, arguments, null, name.equals("select"));
            case "selectattr", "rejectattr" -> {
                if (arguments.positional().isEmpty()) {
                    throw new Fault(name + "() needs the name of an attribute");
                }
                List<Value> given = arguments.positional();
                Arguments rest = new Arguments(given.subList(1, given.size()), arguments.named());
                yield select(interpreter, target, rest, given.getFirst(), name.equals("selectattr"));
            }
            case "sort" -> sort(budget, target, arguments);
            case "dictsort" -> dictsort(budget, target, arguments);
            case "unique" -> unique(budget, target, arguments);
            case "groupby" -> groupby(budget, target, arguments);
            default -> extreme(budget, name, target, arguments);
        };
    }

    /** {@code item.a.0.b} for the path {@code "a.0.b"}, or an integer index; the item itself without a path. */
    static Value attribute(Budget budget, Value item, @Nullable Value path) {
        budget.step();
        if (path == null || path == Value.None.NONE) {
            return item;
        }
        if (!(path instanceof Text text)) {
            return Attributes.item(budget, item, path);
        }
        Value value = item;
        for (String part : text.string().split("\\.", -1)) {
            boolean isIndex =
                    !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            value = Attributes.item(budget, value, isIndex ? Value.of(Long.parseLong(part)) : Text.trusted(part));
        }
        return value;
    }

    private static Value map(Interpreter interpreter, Value target, Arguments arguments) {
        Budget budget = interpreter.budget;
        List<Value> mapped = new ArrayList<>();
        List<Value> given = arguments.positional();
        Value path = arguments.named().get("attribute");
        if (given.isEmpty() && path == null) {
            throw new Fault("map requires a filter argument");
        }
        for (Value item : itemsIfAny(budget, target)) {
            if (given.isEmpty()) {
                Value value = attribute(budget, item, path);
                Value otherwise = arguments.named().get("default");
                mapped.add(value instanceof Value.Undefined && otherwise != null ? otherwise : value);
            } else {
                Arguments rest = new Arguments(given.subList(1, given.size()), arguments.named());
                mapped.add(Filters.apply(
                        interpreter, Arguments.text("map", given.getFirst()).string(), item, rest));
            }
        }
        return Value.lazy(mapped);
    }

    private static Value select(
            Interpreter interpreter, Value target, Arguments arguments, @Nullable Value path, boolean keeps) {
        List<Value> given = arguments.positional();
        Predicate<Value> test;
        if (given.isEmpty()) {
            test = Value::isTrue;
        } else {
            String name = Arguments.text("select", given.getFirst()).string();
            Arguments rest = new Arguments(given.subList(1, given.size()), arguments.named());
            test = value -> Tests.apply(interpreter, name, value, rest);
        }
        List<Value> kept = new ArrayList<>();
        for (Value item : itemsIfAny(interpreter.budget, target)) {
            if (test.test(attribute(interpreter.budget, item, path)) == keeps) {
                kept.add(item);
            }
        }
        return Value.lazy(kept);
    }

    /** Nothing for a value that is false, {@code none} among them. */
    private static List<Value> itemsIfAny(Budget budget, Value target) {
        return Value.isTrue(target) ? Sequences.items(budget, target) : List.of();
    }

    private static Value folded(Value value, boolean caseSensitive) {
        return value instanceof Text text && !caseSensitive
                ? Text.of(text.string().toLowerCase(Locale.ROOT), false)
                : value;
    }

    private static Comparator<Value> order(Budget budget) {
        return (a, b) -> Operators.order(budget, "<", a, b);
    }

    private static Value sort(Budget budget, Value target, Arguments arguments) {
        var given = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        List<Value> items = new ArrayList<>(Sequences.items(budget, target));
        boolean caseSensitive = Arguments.flag(given[1], false);
        Comparator<Value> order =
                Comparator.comparing(item -> sortKey(budget, item, given[2], caseSensitive), order(budget));
        items.sort(Arguments.flag(given[0], false) ? order.reversed() : order);
        return Value.list(items);
    }

    /** The attribute, or a tuple of the attributes that a comma separates. */
    private static Value sortKey(Budget budget, Value item, @Nullable Value path, boolean caseSensitive) {
        if (!(path instanceof Text text) || text.string().indexOf(',') < 0) {
            return folded(attribute(budget, item, path), caseSensitive);
        }
        List<Value> keys = new ArrayList<>();
        for (String part : text.string().split(",", -1)) {
            keys.add(folded(attribute(budget, item, Text.trusted(part)), caseSensitive));
        }
        return new Value.Sequence(Value.Kind.TUPLE, keys);
    }

    private static Value dictsort(Budget budget, Value target, Arguments arguments) {
        var given = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        if (!(target instanceof Dict dict)) {
            throw new Fault("dictsort needs a mapping, not " + Value.typeName(target));
        }
        String by =
                given[1] == null ? "key" : Arguments.text("dictsort", given[1]).string();
        if (!by.equals("key") && !by.equals("value")) {
            throw new Fault("You can only sort by either \"key\" or \"value\"");
        }
        boolean caseSensitive = Arguments.flag(given[0], false);
        int index = by.equals("key") ? 0 : 1;
        List<Value> items = dict.items(budget);
        Comparator<Value> order = Comparator.comparing(
                item -> folded(((Value.Sequence) item).items().get(index), caseSensitive), order(budget));
        items.sort(Arguments.flag(given[2], false) ? order.reversed() : order);
        return Value.list(items);
    }

    private static Value unique(Budget budget, Value target, Arguments arguments) {
        var given = arguments.bind("unique", "case_sensitive", "attribute");
        Set<Object> seen = new HashSet<>();
        List<Value> kept = new ArrayList<>();
        for (Value item : Sequences.items(budget, target)) {
            Value key = folded(attribute(budget, item, given[1]), Arguments.flag(given[0], false));
            if (seen.add(Dict.hashKey(budget, key))) {
                kept.add(item);
            }
        }
        return Value.lazy(kept);
    }

    private static Value extreme(Budget budget, String name, Value target, Arguments arguments) {
        var given = arguments.bind(name, "case_sensitive", "attribute");
        boolean caseSensitive = Arguments.flag(given[0], false);
        Value best = null;
        for (Value item : Sequences.items(budget, target)) {
            if (best == null) {
                best = item;
                continue;
            }
            int order = Operators.order(
                    budget,
                    "<",
                    folded(attribute(budget, item, given[1]), caseSensitive),
                    folded(attribute(budget, best, given[1]), caseSensitive));
            if (name.equals("min") ? order < 0 : order > 0) {
                best = item;
            }
        }
        return best == null ? new Value.Undefined("No aggregated item, sequence was empty.") : best;
    }

    private static Value groupby(Budget budget, Value target, Arguments arguments) {
        var given = arguments.bindAtLeast(1, "groupby", "attribute", "default", "case_sensitive");
        boolean caseSensitive = Arguments.flag(given[2], false);
        record Keyed(Value key, Value item) {}
        List<Keyed> keyed = new ArrayList<>();
        for (Value item : Sequences.items(budget, target)) {
            Value key = attribute(budget, item, given[0]);
            keyed.add(new Keyed(key instanceof Value.Undefined ? Arguments.value(given[1], key) : key, item));
        }
        keyed.sort(Comparator.comparing(entry -> folded(entry.key(), caseSensitive), order(budget)));
        List<Value> groups = new ArrayList<>();
        List<Value> group = new ArrayList<>();
        Value current = null;
        for (Keyed entry : keyed) {
            if (current == null
                    || !Operators.isEqual(budget, folded(current, caseSensitive), folded(entry.key(), caseSensitive))) {
                current = entry.key();
                group = new ArrayList<>();
                groups.add(Value.tuple(current, Value.list(group)));
            }
            group.add(entry.item());
        }
        return Value.list(groups);
    }
}

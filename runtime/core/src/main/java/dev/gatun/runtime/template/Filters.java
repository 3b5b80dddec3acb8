package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Filters by name; those over text are in {@link TextFilters}, those that pick or order in {@link Selection}. */
final class Filters {
    static final Set<String> NAMES = Set.of(
            "abs", "attr", "batch", "count", "length", "d", "default", "first", "last", "float", "int", "items", "list",
            "reverse", "round", "safe", "slice", "string", "pprint", "tojson", "join", "sum");

    private Filters() {}

    static boolean has(String name) {
        return NAMES.contains(name) || TextFilters.NAMES.contains(name) || Selection.NAMES.contains(name);
    }

    static Value apply(Interpreter interpreter, String name, Value target, Arguments arguments) {
        Budget budget = interpreter.budget;
        budget.step();
        if (target instanceof Text text) {
            budget.text(text.string().length());
        }
        if (TextFilters.NAMES.contains(name)) {
            return TextFilters.apply(budget, name, target, arguments);
        }
        if (Selection.NAMES.contains(name)) {
            return Selection.apply(interpreter, name, target, arguments);
        }
        return switch (name) {
            case "abs" ->
                Value.isTrue(Value.of(Operators.order(budget, "<", target, Value.of(0)) < 0))
                        ? Operators.sign(target, true)
                        : Operators.sign(target, false);
            case "attr" -> {
                Text attribute = Arguments.text("attr", arguments.bindAtLeast(1, "attr", "name")[0]);
                Value found = target instanceof Dict ? null : Attributes.attribute(budget, target, attribute.string());
                yield found == null ? new Value.Undefined("no attribute '" + attribute.string() + "'") : found;
            }
            case "batch" -> batch(budget, target, arguments);
            case "slice" -> slice(budget, target, arguments);
            case "count", "length" -> Value.of(Sequences.length(budget, target));
            case "d", "default" -> {
                var given = arguments.bind(name, "default_value", "boolean");
                boolean replaces =
                        target instanceof Value.Undefined || (Arguments.flag(given[1], false) && !Value.isTrue(target));
                yield replaces ? Arguments.value(given[0], Text.EMPTY) : target;
            }
            case "first" -> end(Sequences.items(budget, target), true);
            case "last" -> {
                if (target instanceof Value.Sequence s && s.kind() == Value.Kind.LAZY) {
                    throw new Fault("'generator' object is not reversible");
                }
                yield end(Sequences.items(budget, target), false);
            }
            case "float" -> Numbers.toReal(target, arguments);
            case "int" -> Numbers.toInteger(target, arguments);
            case "round" -> Numbers.round(target, arguments);
            case "items" -> {
                if (!(target instanceof Dict) && !(target instanceof Value.Undefined)) {
                    throw new Fault("Can only get item pairs from a mapping.");
                }
                yield Value.lazy(target instanceof Dict dict ? dict.items(budget) : List.of());
            }
            case "list" -> {
                List<Value> items = Sequences.items(budget, target);
                budget.steps(items.size());
                yield Value.list(items);
            }
            case "reverse" -> reverse(budget, target);
            case "safe" -> PythonText.str(budget, target).asMarkup();
            case "string" -> PythonText.str(budget, target);
            case "pprint" -> PythonText.repr(budget, target);
            case "tojson" -> Json.write(budget, target, arguments);
            case "join" -> join(budget, target, arguments);
            case "sum" -> sum(budget, target, arguments);
            default -> throw new Fault("No filter named '" + name + "'");
        };
    }

    private static Value end(List<Value> items, boolean first) {
        if (items.isEmpty()) {
            return new Value.Undefined("No " + (first ? "first" : "last") + " item, sequence was empty.");
        }
        return first ? items.getFirst() : items.getLast();
    }

    private static Value reverse(Budget budget, Value target) {
        List<Value> items = new ArrayList<>(Sequences.items(budget, target));
        budget.steps(items.size());
        java.util.Collections.reverse(items);
        if (!(target instanceof Text)) {
            return Value.lazy(items);
        }
        TextBuilder out = new TextBuilder(budget);
        items.forEach(item -> out.append((Text) item));
        return out.build();
    }

    private static Value join(Budget budget, Value target, Arguments arguments) {
        var given = arguments.bind("join", "d", "attribute");
        Text separator = PythonText.str(budget, Arguments.value(given[0], Text.EMPTY));
        TextBuilder out = new TextBuilder(budget);
        boolean isFirst = true;
        for (Value item : Sequences.items(budget, target)) {
            budget.step();
            if (!isFirst) {
                out.append(separator);
            }
            isFirst = false;
            out.append(PythonText.str(budget, Selection.attribute(budget, item, given[1])));
        }
        return out.build();
    }

    private static Value sum(Budget budget, Value target, Arguments arguments) {
        var given = arguments.bind("sum", "attribute", "start");
        Value total = Arguments.value(given[1], Value.of(0));
        for (Value item : Sequences.items(budget, target)) {
            total = Operators.arithmetic(budget, "+", total, Selection.attribute(budget, item, given[0]));
        }
        return total;
    }

    private static Value batch(Budget budget, Value target, Arguments arguments) {
        var given = arguments.bindAtLeast(1, "batch", "linecount", "fill_with");
        long size = positive("batch", Arguments.integer("batch", given[0], 1));
        Value fill = Arguments.value(given[1], Value.None.NONE);
        List<Value> batches = new ArrayList<>();
        List<Value> batch = new ArrayList<>();
        for (Value item : Sequences.items(budget, target)) {
            budget.step();
            if (batch.size() == size) {
                batches.add(Value.list(batch));
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            while (fill != Value.None.NONE && batch.size() < size) {
                budget.step();
                batch.add(fill);
            }
            batches.add(Value.list(batch));
        }
        return Value.lazy(batches);
    }

    private static Value slice(Budget budget, Value target, Arguments arguments) {
        var given = arguments.bindAtLeast(1, "slice", "slices", "fill_with");
        long count = positive("slice", Arguments.integer("slice", given[0], 1));
        Value fill = Arguments.value(given[1], Value.None.NONE);
        List<Value> items = Sequences.items(budget, target);
        long each = items.size() / count;
        long longer = items.size() % count;
        List<Value> slices = new ArrayList<>();
        int from = 0;
        for (long i = 0; i < count; i++) {
            int to = (int) (from + each + (i < longer ? 1 : 0));
            budget.steps(1L + to - from);
            List<Value> slice = new ArrayList<>(items.subList(from, to));
            if (fill != Value.None.NONE && i >= longer) {
                slice.add(fill);
            }
            slices.add(Value.list(slice));
            from = to;
        }
        return Value.lazy(slices);
    }

    private static long positive(String name, long count) {
        if (count < 1) {
            throw new Fault(name + "() needs a positive count, not " + count);
        }
        return count;
    }
}

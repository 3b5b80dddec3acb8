package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Iteration, slices and search. */
final class Sequences {
    /** Longest {@code range}, as in Jinja's sandbox. */
    static final int RANGE = 100_000;

    static final Set<String> CHANGING =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");

    private Sequences() {}

    /** What a loop visits: elements, keys, or characters. Not to be modified. */
    static List<Value> items(Budget budget, Value value) {
        return switch (value) {
            case Value.Sequence sequence -> sequence.items();
            case Dict dict -> dict.keys(budget);
            case Text text -> characters(budget, text);
            case Value.Undefined undefined -> List.of();
            default -> throw new Fault("'" + Value.typeName(value) + "' object is not iterable");
        };
    }

    private static List<Value> characters(Budget budget, Text text) {
        String string = text.string();
        budget.steps(string.length());
        List<Value> characters = new ArrayList<>(string.length());
        for (int i = 0; i < string.length(); ) {
            int next = i + Character.charCount(string.codePointAt(i));
            characters.add(text.sub(i, next));
            i = next;
        }
        return characters;
    }

    static long length(Budget budget, Value value) {
        return switch (value) {
            case Text text -> {
                budget.text(text.string().length());
                yield text.length();
            }
            case Dict dict -> dict.size();
            case Value.Sequence s when s.kind() != Value.Kind.LAZY -> s.items().size();
            case Value.Undefined undefined -> 0;
            default -> throw new Fault("object of type '" + Value.typeName(value) + "' has no len()");
        };
    }

    static Value slice(Budget budget, Value target, @Nullable Value start, @Nullable Value stop, @Nullable Value step) {
        if (target instanceof Value.Undefined undefined) {
            throw new Fault(undefined.reason());
        }
        long stride = bound(step, 1);
        if (stride == 0) {
            throw new Fault("slice step cannot be zero");
        }
        if (target instanceof Text text && stride == 1) {
            budget.text(text.string().length());
            int length = text.length();
            long from = clamp(bound(start, 0), length, false);
            long to = clamp(bound(stop, length), length, false);
            return from >= to ? Text.EMPTY : text.sub(text.offset((int) from), text.offset((int) to));
        }
        if (!(target instanceof Text)
                && !(target instanceof Value.Sequence sequence && sequence.kind() != Value.Kind.LAZY)) {
            return new Value.Undefined("'" + Value.typeName(target) + "' object cannot be sliced");
        }
        List<Value> items = items(budget, target);
        int length = items.size();
        boolean back = stride < 0;
        long from = start == null || start == Value.None.NONE
                ? (back ? length - 1 : 0)
                : clamp(bound(start, 0), length, back);
        long to = stop == null || stop == Value.None.NONE ? (back ? -1 : length) : clamp(bound(stop, 0), length, back);
        List<Value> picked = new ArrayList<>();
        for (long i = from; back ? i > to : i < to; i += stride) {
            budget.step();
            picked.add(items.get((int) i));
            if (Math.abs(stride) > length) {
                break;
            }
        }
        if (target instanceof Value.Sequence sequence) {
            return new Value.Sequence(sequence.kind(), picked);
        }
        TextBuilder out = new TextBuilder(budget);
        picked.forEach(item -> out.append((Text) item));
        return out.build();
    }

    private static long bound(@Nullable Value value, long otherwise) {
        if (value == null || value == Value.None.NONE) {
            return otherwise;
        }
        Long integer = Operators.integer(value);
        if (integer == null) {
            throw new Fault("slice indices must be integers or None, not " + Value.typeName(value));
        }
        return integer;
    }

    private static long clamp(long index, int length, boolean back) {
        long from = index < 0 ? index + length : index;
        return Math.clamp(from, back ? -1 : 0, back ? length - 1 : length);
    }

    /** {@code index} and {@code count} of lists and tuples. */
    static Value find(Budget budget, List<Value> items, String name, Arguments arguments) {
        Value wanted = Arguments.value(arguments.bindAtLeast(1, name, "value")[0], Value.None.NONE);
        int count = 0;
        for (int i = 0; i < items.size(); i++) {
            if (Operators.isEqual(budget, items.get(i), wanted)) {
                if (name.equals("index")) {
                    return Value.of(i);
                }
                count++;
            }
        }
        if (name.equals("index")) {
            throw new Fault("the value is not in the list");
        }
        return Value.of(count);
    }

    static Value range(Budget budget, Arguments arguments) {
        List<Value> given = arguments.positional();
        if (given.isEmpty() || given.size() > 3 || !arguments.named().isEmpty()) {
            throw new Fault("range() takes 1 to 3 integers");
        }
        long first = Arguments.integer("range", given.getFirst(), 0);
        long start = given.size() == 1 ? 0 : first;
        long stop = given.size() == 1 ? first : Arguments.integer("range", given.get(1), 0);
        long step = given.size() == 3 ? Arguments.integer("range", given.get(2), 1) : 1;
        if (step == 0) {
            throw new Fault("range() step must not be zero");
        }
        double count = Math.ceil(((double) stop - start) / step);
        if (count > RANGE) {
            throw new Fault("range too big: more than " + RANGE + " numbers");
        }
        List<Value> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            budget.step();
            numbers.add(Value.of(start + i * step));
        }
        return Value.list(numbers);
    }
}

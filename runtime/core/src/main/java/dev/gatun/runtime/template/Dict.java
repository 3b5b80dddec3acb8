package dev.gatun.runtime.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping in insertion order. Keys compare as Python's do: by value, {@code 1 == 1.0 == true}. */
final class Dict implements Value {

    record Entry(Value key, Value value) {}

    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    int size() {
        return entries.size();
    }

    Iterable<Entry> entries() {
        return entries.values();
    }

    void put(Budget budget, Value key, Value value) {
        budget.step();
        Object hash = hashKey(budget, key);
        Entry old = entries.get(hash);
        entries.put(hash, new Entry(old == null ? key : old.key(), value));
    }

    @Nullable
    Value get(Budget budget, Value key) {
        Entry entry = entries.get(hashKey(budget, key));
        return entry == null ? null : entry.value();
    }

    @Nullable
    Value get(String key) {
        Entry entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    List<Value> keys(Budget budget) {
        budget.steps(size());
        List<Value> keys = new ArrayList<>(size());
        entries.values().forEach(entry -> keys.add(entry.key()));
        return keys;
    }

    List<Value> values(Budget budget) {
        budget.steps(size());
        List<Value> values = new ArrayList<>(size());
        entries.values().forEach(entry -> values.add(entry.value()));
        return values;
    }

    List<Value> items(Budget budget) {
        budget.steps(2L * size());
        List<Value> items = new ArrayList<>(size());
        entries.values().forEach(entry -> items.add(Value.tuple(entry.key(), entry.value())));
        return items;
    }

    /** A Java object whose equality is that of the key. */
    static Object hashKey(Budget budget, Value key) {
        return switch (key) {
            case Text t -> t.string();
            case Int i -> i.value();
            case Bool b -> (Object) b.number();
            case Real r ->
                r.value() == Math.rint(r.value()) && Math.abs(r.value()) < 0x1p62
                        ? (Object) (long) r.value()
                        : r.value();
            case None n -> n;
            case Undefined u -> Undefined.class;
            case Sequence s
            when s.kind() == Kind.TUPLE -> {
                budget.enterValue();
                List<Object> parts = new ArrayList<>();
                for (Value item : s.items()) {
                    budget.step();
                    parts.add(hashKey(budget, item));
                }
                budget.leaveValue();
                yield parts;
            }
            case Namespace n -> n;
            case Callable c -> c;
            case Sequence s -> throw new Fault("unhashable type: '" + Value.typeName(s) + "'");
            case Dict d -> throw new Fault("unhashable type: 'dict'");
        };
    }
}

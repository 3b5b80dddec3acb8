package dev.gatun.runtime.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes plain Java data in; every string becomes untrusted text. */
final class Variables {

    private Variables() {}

    static void define(Budget budget, Map<String, Object> variables, Scope scope) {
        variables.forEach((name, value) -> scope.set(name, value(budget, value)));
    }

    private static Value value(Budget budget, @Nullable Object value) {
        return switch (value) {
            case null -> Value.None.NONE;
            case Value ready -> ready;
            case CharSequence text -> Text.of(text.toString(), false);
            case Boolean truth -> Value.of(truth);
            case Integer number -> Value.of(number);
            case Long number -> Value.of(number);
            case Short number -> Value.of(number);
            case Byte number -> Value.of(number);
            case BigInteger number when number.bitLength() < Long.SIZE -> Value.of(number.longValue());
            case Number number -> new Value.Real(number.doubleValue());
            case List<?> list -> {
                budget.enterValue();
                List<Value> items = new ArrayList<>(list.size());
                for (Object item : list) {
                    budget.step();
                    items.add(value(budget, item));
                }
                budget.leaveValue();
                yield Value.list(items);
            }
            case Map<?, ?> map -> {
                budget.enterValue();
                Dict dict = new Dict();
                map.forEach((key, item) -> dict.put(budget, value(budget, key), value(budget, item)));
                budget.leaveValue();
                yield dict;
            }
            default ->
                throw new Fault("a variable of type " + value.getClass().getName()
                        + " is not plain data; use String, Number, Boolean, List and Map");
        };
    }
}

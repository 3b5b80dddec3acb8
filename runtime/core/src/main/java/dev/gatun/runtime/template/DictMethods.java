package dev.gatun.runtime.template;

import java.util.Set;

/** Methods of mappings that change nothing. */
final class DictMethods {
    static final Set<String> NAMES = Set.of("items", "keys", "values", "get", "copy");
    static final Set<String> CHANGING = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private DictMethods() {}

    static Value call(Budget budget, Dict dict, String name, Arguments arguments) {
        if (name.equals("get")) {
            var given = arguments.bindAtLeast(1, "get", "key", "default");
            Value found = dict.get(budget, Arguments.value(given[0], Value.None.NONE));
            return found == null ? Arguments.value(given[1], Value.None.NONE) : found;
        }
        arguments.bind(name);
        return switch (name) {
            case "items" -> Value.list(dict.items(budget));
            case "keys" -> Value.list(dict.keys(budget));
            case "values" -> Value.list(dict.values(budget));
            default -> dict;
        };
    }
}

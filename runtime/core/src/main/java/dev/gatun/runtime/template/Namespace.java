package dev.gatun.runtime.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one thing a template can change: {@code namespace(...)}, whose attributes {@code set} assigns. */
final class Namespace implements Value {
    private final Map<String, Value> attributes = new HashMap<>();

    @Nullable
    Value get(String name) {
        return attributes.get(name);
    }

    void set(String name, Value value) {
        attributes.put(name, value);
    }
}

package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.List;
import java.util.Map;

/** A JSON object whose fields a test expects to be there. */
record JsonObject(Map<?, ?> fields) {

    static JsonObject parse(String text) {
        return new JsonObject(Json.readObject(text));
    }

    List<String> names() {
        return fields.keySet().stream().map(String::valueOf).toList();
    }

    Object get(String name) {
        Object value = fields.get(name);
        assertNotNull(value, () -> "no field " + name + " in " + fields);
        return value;
    }

    JsonObject object(String name) {
        return new JsonObject((Map<?, ?>) get(name));
    }

    List<?> list(String name) {
        return (List<?>) get(name);
    }

    List<JsonObject> objects(String name) {
        return list(name).stream().map(item -> new JsonObject((Map<?, ?>) item)).toList();
    }

    double number(String name) {
        return ((Number) get(name)).doubleValue();
    }

    int integer(String name) {
        return (int) get(name);
    }
}

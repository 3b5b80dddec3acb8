package dev.gatun.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gatun.runtime.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON text from maps, lists, strings, numbers and arrays, and back. */
public final class Json {

    private Json() {}

    /** One line of JSON. */
    public static String write(Object value) {
        try {
            return JSON.std.asString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The fields of an object, in order.
     *
     * @throws InvalidInputException if the text is not one JSON object
     */
    public static Map<String, Object> readObject(String text) {
        if (read(text) instanceof Map<?, ?> map) {
            return fields(map);
        }
        throw unexpected("a JSON object", text);
    }

    /**
     * A string.
     *
     * @throws InvalidInputException if the text is not one JSON string
     */
    public static String readString(String text) {
        if (read(text) instanceof String string) {
            return string;
        }
        throw unexpected("a JSON string", text);
    }

    /** A map that keeps the order of its entries: {@code key, value, key, value, ...}. */
    public static Map<String, Object> object(Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return object;
    }

    private static Object read(String text) {
        try {
            return JSON.std.anyFrom(text);
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new InvalidInputException("This is not JSON: " + shortened(text) + " (" + reason + ")", e);
        }
    }

    private static Map<String, Object> fields(Map<?, ?> map) {
        Map<String, Object> object = new LinkedHashMap<>();
        map.forEach((key, value) -> object.put((String) key, value));
        return object;
    }

    private static InvalidInputException unexpected(String expected, String text) {
        return new InvalidInputException("Expected " + expected + ", found " + shortened(text) + ".");
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}

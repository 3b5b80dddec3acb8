package dev.gatun.server.json;

import dev.gatun.server.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object from outside. A field that is null counts as absent. A value of another type than asked for is
 * refused with its path, such as {@code messages[2].role}.
 */
public final class Fields {
    private final String path;
    private final Map<String, @Nullable Object> values;

    Fields(String path, Map<String, @Nullable Object> values) {
        this.path = path;
        this.values = values;
    }

    /** The names, in their order. */
    public Set<String> names() {
        return values.keySet();
    }

    /** Whether a field is there and not null. */
    public boolean has(String name) {
        return values.get(name) != null;
    }

    /** A field as it is: a plain value of {@link JsonText}. */
    public @Nullable Object value(String name) {
        return values.get(name);
    }

    /** All fields as they are. */
    public Map<String, @Nullable Object> plain() {
        return values;
    }

    /** A field's name with the names of those around it. */
    public String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** A text. */
    public Optional<String> string(String name) {
        return Optional.ofNullable(as(name, String.class, "a string"));
    }

    /** A text that must be there. */
    public String requiredString(String name) {
        return string(name).orElseThrow(() -> ApiException.invalid(path(name), path(name) + " is missing."));
    }

    /** A truth. */
    public Optional<Boolean> bool(String name) {
        return Optional.ofNullable(as(name, Boolean.class, "true or false"));
    }

    /** A number. */
    public OptionalDouble number(String name) {
        Number number = as(name, Number.class, "a number");
        return number == null ? OptionalDouble.empty() : OptionalDouble.of(number.doubleValue());
    }

    /** A whole number of 32 bits. */
    public OptionalInt integer(String name) {
        OptionalLong wide = wholeNumber(name);
        if (wide.isEmpty()) {
            return OptionalInt.empty();
        }
        long value = wide.getAsLong();
        if (value != (int) value) {
            throw ApiException.invalid(path(name), path(name) + " is " + value + ", beyond 32 bits.");
        }
        return OptionalInt.of((int) value);
    }

    /** A whole number of 64 bits. */
    public OptionalLong wholeNumber(String name) {
        Number number = as(name, Number.class, "a whole number");
        if (number == null) {
            return OptionalLong.empty();
        }
        if ((number instanceof Double real && real != Math.rint(real)) || Math.abs(number.doubleValue()) > 0x1p63) {
            throw ApiException.invalid(path(name), path(name) + " is " + number + "; give a whole number.");
        }
        return OptionalLong.of(number.longValue());
    }

    /** An object. */
    public Optional<Fields> object(String name) {
        Map<?, ?> object = as(name, Map.class, "an object");
        return object == null ? Optional.empty() : Optional.of(fields(path(name), object));
    }

    /** A list of objects; empty if the field is absent. */
    public List<Fields> objects(String name) {
        List<?> list = list(name);
        List<Fields> objects = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            String place = path(name) + "[" + i + "]";
            if (!(list.get(i) instanceof Map<?, ?> object)) {
                throw ApiException.invalid(place, place + " is " + kind(list.get(i)) + "; give an object.");
            }
            objects.add(fields(place, object));
        }
        return objects;
    }

    /** A list of strings, or one string alone; empty if the field is absent. */
    public List<String> strings(String name) {
        if (value(name) instanceof String alone) {
            return List.of(alone);
        }
        List<String> strings = new ArrayList<>();
        for (Object element : list(name)) {
            if (!(element instanceof String string)) {
                throw ApiException.invalid(
                        path(name), path(name) + " holds " + kind(element) + "; give a string or a list of strings.");
            }
            strings.add(string);
        }
        return strings;
    }

    /** A list of whole numbers of 32 bits; empty if the field is absent. */
    public List<Integer> integers(String name) {
        List<Integer> integers = new ArrayList<>();
        for (Object element : list(name)) {
            if (!(element instanceof Long number) || number != number.intValue()) {
                throw ApiException.invalid(path(name), path(name) + " holds " + kind(element) + "; give token ids.");
            }
            integers.add(number.intValue());
        }
        return integers;
    }

    /** A list of any values; empty if the field is absent. */
    public List<? extends @Nullable Object> list(String name) {
        List<?> list = as(name, List.class, "a list");
        return list == null ? List.of() : list;
    }

    private <T> @Nullable T as(String name, Class<T> type, String wanted) {
        Object value = values.get(name);
        if (value == null) {
            return null;
        }
        if (!type.isInstance(value)) {
            throw ApiException.invalid(path(name), path(name) + " is " + kind(value) + "; give " + wanted + ".");
        }
        return type.cast(value);
    }

    private static Fields fields(String path, Map<?, ?> object) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        object.forEach((name, value) -> values.put(String.valueOf(name), value));
        return new Fields(path, values);
    }

    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> "a string";
            case Boolean truth -> "true or false";
            case Number number -> "the number " + number;
            case List<?> list -> "a list";
            default -> "an object";
        };
    }
}

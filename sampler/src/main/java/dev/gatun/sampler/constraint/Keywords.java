package dev.gatun.sampler.constraint;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The keywords of one schema, or of several that hold together, each with where it was written. */
final class Keywords {
    /** The types of a schema, in the order in which they are tried. */
    static final List<String> TYPES = List.of("object", "array", "string", "number", "integer", "boolean", "null");

    private static final Set<String> ANNOTATIONS = Set.of(
            "$schema",
            "$comment",
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "$defs",
            "definitions");

    private static final Set<String> KNOWN = Set.of(
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "enum",
            "const",
            "anyOf",
            "oneOf",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum");

    private record Entry(Json value, String pointer) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final String pointer;

    private Keywords(String pointer) {
        this.pointer = pointer;
    }

    /** None: anything matches. */
    static Keywords none(String pointer) {
        return new Keywords(pointer);
    }

    /**
     * The keywords of a schema, except those that refer to other schemas as a whole.
     *
     * @throws InvalidConstraintException if one is not supported
     */
    static Keywords of(Json.Members schema, String pointer) {
        var keywords = new Keywords(pointer);
        schema.map().forEach((name, value) -> {
            if (name.equals("$ref") || name.equals("allOf") || ANNOTATIONS.contains(name)) {
                return;
            }
            String place = child(pointer, name);
            if (name.equals("uniqueItems") && value.equals(new Json.Bool(false))) {
                return;
            }
            if (name.equals("$id") && pointer.equals("#")) {
                return;
            }
            if (!KNOWN.contains(name)) {
                throw new InvalidConstraintException(
                        "The JSON schema has the keyword \"" + name + "\" at " + place + ", which is not supported.");
            }
            keywords.entries.put(name, new Entry(value, place));
        });
        return keywords;
    }

    /** The JSON pointer of a member or element. */
    static String child(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    String pointer() {
        return pointer;
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    boolean hasAny(String... names) {
        return List.of(names).stream().anyMatch(this::has);
    }

    Set<String> names() {
        return entries.keySet();
    }

    Optional<Json> find(String name) {
        return Optional.ofNullable(entries.get(name)).map(Entry::value);
    }

    /** Where a keyword stands, or would stand. */
    String place(String name) {
        Entry entry = entries.get(name);
        return entry == null ? child(pointer, name) : entry.pointer();
    }

    InvalidConstraintException error(String name, String reason) {
        return new InvalidConstraintException("The JSON schema is wrong at " + place(name) + ": " + reason + ".");
    }

    InvalidConstraintException unsupported(String name, String reason) {
        return new InvalidConstraintException(
                "The JSON schema is not supported at " + place(name) + ": " + reason + ".");
    }

    // ---- values of keywords, checked

    List<Json> elements(String name) {
        return switch (find(name).orElse(new Json.Elements(List.of()))) {
            case Json.Elements elements -> elements.list();
            default -> throw error(name, "an array is expected");
        };
    }

    Map<String, Json> members(String name) {
        return switch (find(name).orElse(new Json.Members(Map.of()))) {
            case Json.Members members -> members.map();
            default -> throw error(name, "an object is expected");
        };
    }

    Optional<String> text(String name) {
        return find(name).map(value -> switch (value) {
            case Json.Text text -> text.value();
            default -> throw error(name, "a string is expected");
        });
    }

    Set<String> required() {
        Set<String> names = new LinkedHashSet<>();
        for (Json element : elements("required")) {
            if (!(element instanceof Json.Text text)) {
                throw error("required", "an array of strings is expected");
            }
            names.add(text.value());
        }
        return names;
    }

    Optional<BigDecimal> number(String name) {
        return find(name).map(value -> switch (value) {
            case Json.Numeral number -> number.value();
            default -> throw error(name, "a number is expected");
        });
    }

    int count(String name, int otherwise) {
        Optional<BigDecimal> value = number(name);
        if (value.isEmpty()) {
            return otherwise;
        }
        BigDecimal count = value.get();
        if (count.signum() < 0 || count.stripTrailingZeros().scale() > 0) {
            throw error(name, "a whole number, 0 or above, is expected");
        }
        return count.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
    }

    /** The types that a value may have; all if nothing is said about it. */
    Set<String> types() {
        if (!has("type")) {
            return inferred();
        }
        Json value = find("type").orElseThrow();
        Set<String> types = new LinkedHashSet<>();
        for (Json element : value instanceof Json.Elements elements ? elements.list() : List.of(value)) {
            if (!(element instanceof Json.Text text) || !TYPES.contains(text.value())) {
                throw error("type", "one or several of " + TYPES + " are expected");
            }
            types.add(text.value());
        }
        return types;
    }

    private Set<String> inferred() {
        Set<String> types = new LinkedHashSet<>();
        if (hasAny("properties", "required", "additionalProperties")) {
            types.add("object");
        }
        if (hasAny("items", "prefixItems", "minItems", "maxItems")) {
            types.add("array");
        }
        if (hasAny("minLength", "maxLength", "pattern", "format")) {
            types.add("string");
        }
        if (hasAny("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")) {
            types.add("number");
        }
        return types.isEmpty() ? new LinkedHashSet<>(TYPES) : types;
    }

    // ---- several schemas that hold together

    Keywords without(String name) {
        var rest = new Keywords(pointer);
        rest.entries.putAll(entries);
        rest.entries.remove(name);
        return rest;
    }

    /**
     * The keywords of both.
     *
     * @throws InvalidConstraintException if they cannot be put together here
     */
    Keywords and(Keywords that) {
        checkAdditional(that);
        that.checkAdditional(this);
        var both = new Keywords(pointer);
        both.entries.putAll(entries);
        that.entries.forEach((name, entry) -> both.entries.merge(
                name, entry, (one, other) -> new Entry(join(name, one, other, that), one.pointer())));
        return both;
    }

    /** What one part says of further members would hold for those that only the other part names. */
    private void checkAdditional(Keywords that) {
        boolean isOpen = find("additionalProperties")
                .map(value -> value.equals(new Json.Bool(true)))
                .orElse(true);
        if (!isOpen
                && !members("properties")
                        .keySet()
                        .containsAll(that.members("properties").keySet())) {
            throw unsupported(
                    "additionalProperties", "another part that holds as well names members that this one does not");
        }
    }

    private Json join(String name, Entry one, Entry other, Keywords that) {
        if (one.value().equals(other.value())) {
            return one.value();
        }
        return switch (name) {
            case "type" -> types(that);
            case "properties" -> properties(members(name), that.members(name));
            case "required" -> {
                List<Json> names = new ArrayList<>(elements(name));
                names.addAll(that.elements(name));
                yield new Json.Elements(names);
            }
            case "additionalProperties" -> {
                if (one.value().equals(new Json.Bool(true))) {
                    yield other.value();
                }
                if (other.value().equals(new Json.Bool(true))) {
                    yield one.value();
                }
                throw unsupported(name, "several parts that hold together say different things");
            }
            case "minLength", "minItems", "minimum", "exclusiveMinimum" -> greater(name, that);
            case "maxLength", "maxItems", "maximum", "exclusiveMaximum" ->
                greater(name, that).equals(one.value()) ? other.value() : one.value();
            default -> throw unsupported(name, "several parts that hold together say different things");
        };
    }

    private Json greater(String name, Keywords that) {
        BigDecimal here = number(name).orElseThrow();
        BigDecimal there = that.number(name).orElseThrow();
        return (here.compareTo(there) >= 0 ? this : that).find(name).orElseThrow();
    }

    private Json types(Keywords that) {
        Set<String> common = new TreeSet<>(types());
        Set<String> others = that.types();
        if (common.contains("number") && others.contains("integer")) {
            common.add("integer");
        }
        if (common.contains("integer") && others.contains("number")) {
            others.add("integer");
        }
        common.retainAll(others);
        if (common.isEmpty()) {
            throw error("type", "several parts that hold together have no type in common");
        }
        return new Json.Elements(common.stream().<Json>map(Json.Text::new).toList());
    }

    private static Json properties(Map<String, Json> here, Map<String, Json> there) {
        Map<String, Json> both = new LinkedHashMap<>(here);
        there.forEach((name, schema) -> both.merge(
                name,
                schema,
                (one, other) -> new Json.Members(Map.of("allOf", new Json.Elements(List.of(one, other))))));
        return new Json.Members(both);
    }
}

package dev.gatun.sampler.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes rules of a JSON schema (draft 2020-12, the common keywords). What they allow is valid; not all that is valid is
 * allowed.
 */
final class SchemaCompiler {
    private static final int MOST_SCHEMAS = 20_000;

    private static final int MOST_REFERENCES = 50; // each to the next, beside other keywords

    /** A schema that was referred to; its rule is made later, so that long chains of references do not nest. */
    private record Waiting(int rule, Json schema, String pointer) {}

    private final Json document;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final List<String> names = new ArrayList<>(); // [rule]
    private final List<Expr> bodies = new ArrayList<>();
    private final Map<String, Integer> references = new HashMap<>(); // by pointer
    private final Map<String, Integer> shared = new HashMap<>(); // by name, rules that no schema wrote
    private int schemas;

    private SchemaCompiler(Json document) {
        this.document = document;
    }

    /**
     * The rules of a schema.
     *
     * @throws InvalidConstraintException naming what is wrong or not supported, and its JSON pointer
     */
    static Rules compile(String schema) {
        Json document = JsonReader.read(schema);
        var compiler = new SchemaCompiler(document);
        int root = compiler.reserve("#");
        compiler.references.put("#", root);
        compiler.waiting.add(new Waiting(root, document, "#"));
        while (!compiler.waiting.isEmpty()) {
            Waiting next = compiler.waiting.remove();
            compiler.bodies.set(next.rule(), compiler.schema(next.schema(), next.pointer()));
        }
        return compiler.rules();
    }

    /** The rules of any JSON object. */
    static Rules anyObject() {
        var compiler = new SchemaCompiler(new Json.Bool(true));
        int root = compiler.reserve("object");
        compiler.shared.put("object", root);
        compiler.bodies.set(root, JsonText.object(JsonText.member(compiler.anyString(), compiler.anything())));
        return compiler.rules();
    }

    private Rules rules() {
        List<Rules.Rule> rules = new ArrayList<>();
        for (int rule = 0; rule < names.size(); rule++) {
            rules.add(new Rules.Rule(names.get(rule), bodies.get(rule)));
        }
        return new Rules("JSON schema", rules);
    }

    private int reserve(String name) {
        names.add(name);
        bodies.add(Expr.NOTHING);
        return names.size() - 1;
    }

    Expr rule(String name, Expr body) {
        int rule = reserve(name);
        bodies.set(rule, body);
        return new Expr.Call(rule);
    }

    // ---- values of any kind

    Expr anything() {
        Integer known = shared.get("value");
        if (known != null) {
            return new Expr.Call(known);
        }
        int rule = reserve("value");
        shared.put("value", rule);
        List<Expr> options = new ArrayList<>();
        for (String type : Keywords.TYPES) {
            if (!type.equals("integer")) {
                options.add(anyOfType(type));
            }
        }
        bodies.set(rule, new Expr.Choice(options));
        return new Expr.Call(rule);
    }

    private Expr anyOfType(String type) {
        return switch (type) {
            case "object" -> anyObjectRule();
            case "array" -> shared("array", JsonText.array(anything()));
            case "string" -> anyString();
            case "number" -> shared("number", JsonText.NUMBER);
            case "integer" -> shared("integer", JsonText.INTEGER);
            case "boolean" -> JsonText.BOOLEAN;
            case "null" -> JsonText.NULL;
            default -> throw new AssertionError(type);
        };
    }

    private Expr anyObjectRule() {
        Integer known = shared.get("object");
        return known != null
                ? new Expr.Call(known)
                : shared("object", JsonText.object(JsonText.member(anyString(), anything())));
    }

    Expr anyString() {
        return shared("string", JsonText.string());
    }

    Expr character() {
        return shared("character", JsonText.CHARACTER);
    }

    private Expr shared(String name, Expr body) {
        Integer known = shared.get(name);
        if (known == null) {
            known = reserve(name);
            shared.put(name, known);
            bodies.set(known, body);
        }
        return new Expr.Call(known);
    }

    // ---- schemas

    Expr schema(Json schema, String pointer) {
        if (schema.equals(new Json.Bool(true))) {
            return anything();
        }
        if (schema instanceof Json.Members members
                && members.map().get("$ref") instanceof Json.Text reference
                && isAlone(members)) {
            return reference(reference.value(), pointer);
        }
        return keywords(flatten(schema, pointer, new LinkedHashSet<>()));
    }

    /** Whether a reference has no company that says something. */
    private static boolean isAlone(Json.Members schema) {
        return !schema.map().containsKey("allOf")
                && Keywords.of(schema, "").names().isEmpty();
    }

    private Expr reference(String reference, String pointer) {
        Integer known = references.get(reference);
        if (known == null) {
            Json target = resolve(reference, pointer);
            known = reserve(reference);
            references.put(reference, known);
            waiting.add(new Waiting(known, target, reference));
        }
        return new Expr.Call(known);
    }

    private Json resolve(String reference, String pointer) {
        if (!reference.equals("#") && !reference.startsWith("#/")) {
            throw new InvalidConstraintException("The JSON schema refers to \"" + reference + "\" at " + pointer
                    + "/$ref; only pointers into the same schema, such as #/$defs/name, are supported.");
        }
        Json at = document;
        int end = reference.length();
        for (int slash = 1; slash < end; ) {
            int next = reference.indexOf('/', slash + 1);
            int last = next < 0 ? end : next;
            Json place = child(
                    at, reference.substring(slash + 1, last).replace("~1", "/").replace("~0", "~"));
            slash = last;
            if (place == null) {
                throw new InvalidConstraintException("The JSON schema refers to \"" + reference + "\" at " + pointer
                        + "/$ref, but there is no such place.");
            }
            at = place;
        }
        return at;
    }

    private static @Nullable Json child(Json json, String name) {
        if (json instanceof Json.Elements elements) {
            for (int i = 0; i < elements.list().size(); i++) {
                if (Integer.toString(i).equals(name)) {
                    return elements.list().get(i);
                }
            }
        }
        return json instanceof Json.Members members ? members.map().get(name) : null;
    }

    /** A schema's keywords together with those it refers to as a whole. */
    private Keywords flatten(Json schema, String pointer, Set<String> path) {
        if (++schemas > MOST_SCHEMAS) {
            throw new InvalidConstraintException(
                    "The JSON schema is too large: written out, it has more than " + MOST_SCHEMAS + " parts.");
        }
        if (schema.equals(new Json.Bool(true))) {
            return Keywords.none(pointer);
        }
        if (!(schema instanceof Json.Members members)) {
            throw new InvalidConstraintException(
                    schema.equals(new Json.Bool(false))
                            ? "The JSON schema says false at " + pointer + ", so nothing is valid there."
                            : "The JSON schema is wrong at " + pointer + ": an object, true or false is expected.");
        }
        Keywords keywords = Keywords.of(members, pointer);
        Json ref = members.map().get("$ref");
        if (ref != null) {
            if (!(ref instanceof Json.Text reference)) {
                throw new InvalidConstraintException(
                        "The JSON schema is wrong at " + pointer + "/$ref: a string is expected.");
            }
            if (path.size() == MOST_REFERENCES) {
                throw new InvalidConstraintException("The JSON schema is not supported at " + pointer
                        + "/$ref: more than " + MOST_REFERENCES + " references lead from one to the next.");
            }
            if (!path.add(reference.value())) {
                throw new InvalidConstraintException("The JSON schema refers to \"" + reference.value() + "\" at "
                        + pointer + "/$ref, which refers to itself.");
            }
            keywords = keywords.and(flatten(resolve(reference.value(), pointer), reference.value(), path));
            path.remove(reference.value());
        }
        Json all = members.map().get("allOf");
        if (all != null) {
            if (!(all instanceof Json.Elements parts)) {
                throw new InvalidConstraintException(
                        "The JSON schema is wrong at " + pointer + "/allOf: an array is expected.");
            }
            for (int i = 0; i < parts.list().size(); i++) {
                keywords = keywords.and(flatten(parts.list().get(i), pointer + "/allOf/" + i, path));
            }
        }
        return keywords;
    }

    private Expr keywords(Keywords keywords) {
        if (keywords.has("anyOf") && keywords.has("oneOf")) {
            throw keywords.unsupported("oneOf", "it stands beside anyOf");
        }
        for (String name : List.of("anyOf", "oneOf")) {
            if (keywords.has(name)) {
                return alternatives(name, keywords);
            }
        }
        if (keywords.hasAny("enum", "const")) {
            return values(keywords);
        }
        List<Expr> options = new ArrayList<>();
        Set<String> types = keywords.types();
        for (String type : Keywords.TYPES) {
            boolean isPartOfNumber = type.equals("integer") && types.contains("number");
            if (types.contains(type) && !isPartOfNumber) {
                options.add(ofType(type, keywords));
            }
        }
        return Expr.choice(options);
    }

    private Expr alternatives(String name, Keywords keywords) {
        List<Json> parts = keywords.elements(name);
        if (parts.isEmpty()) {
            throw keywords.error(name, "it is empty, so nothing is valid");
        }
        Keywords rest = keywords.without(name);
        List<Expr> options = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String pointer = keywords.place(name) + "/" + i;
            options.add(
                    rest.names().isEmpty()
                            ? schema(parts.get(i), pointer)
                            : keywords(rest.and(flatten(parts.get(i), pointer, new LinkedHashSet<>()))));
        }
        return Expr.choice(options);
    }

    private static Expr values(Keywords keywords) {
        for (String name : keywords.names()) {
            if (!Set.of("enum", "const", "type").contains(name)) {
                throw keywords.unsupported(name, "beside enum and const, only type is");
            }
        }
        List<Json> values = new ArrayList<>(keywords.elements("enum"));
        keywords.find("const").ifPresent(value -> {
            if (keywords.has("enum") && !values.contains(value)) {
                throw keywords.error("const", "the value is not in enum");
            }
            values.clear();
            values.add(value);
        });
        Set<String> types = keywords.types();
        values.removeIf(value -> typesOf(value).stream().noneMatch(types::contains));
        if (values.isEmpty()) {
            throw keywords.error(keywords.has("enum") ? "enum" : "const", "no value is left to choose");
        }
        return Expr.choice(values.stream()
                .map(value -> Expr.text(value.write()))
                .distinct()
                .toList());
    }

    private static Set<String> typesOf(Json value) {
        return switch (value) {
            case Json.Members members -> Set.of("object");
            case Json.Elements elements -> Set.of("array");
            case Json.Text text -> Set.of("string");
            case Json.Numeral number ->
                number.value().stripTrailingZeros().scale() <= 0 ? Set.of("number", "integer") : Set.of("number");
            case Json.Bool bool -> Set.of("boolean");
            case Json.Null nothing -> Set.of("null");
        };
    }

    private Expr ofType(String type, Keywords keywords) {
        return switch (type) {
            case "object" ->
                keywords.hasAny("properties", "required", "additionalProperties")
                        ? new ObjectSchema(this, keywords).expr()
                        : anyObjectRule();
            case "array" ->
                keywords.hasAny("items", "prefixItems", "minItems", "maxItems")
                        ? new ArraySchema(this, keywords).expr()
                        : anyOfType(type);
            case "string" -> StringSchema.expr(this, keywords);
            case "number", "integer" -> NumberSchema.expr(keywords, type.equals("integer"));
            default -> anyOfType(type);
        };
    }
}

package dev.gatun.sampler.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * Makes rules of a JSON schema (draft 2020-12, the common keywords). What they allow is valid; not all that is valid is
 * allowed.
 */
final class SchemaCompiler {

    /** A schema that was referred to; its rule is made later, so that long chains of references do not nest. */
    private record Waiting(int rule, Json schema, String pointer) {}

    private final SchemaDocument document;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final List<String> names = new ArrayList<>(); // [rule]
    private final List<Expr> bodies = new ArrayList<>();
    private final Map<String, Integer> references = new HashMap<>(); // by pointer
    private final Map<String, Integer> shared = new HashMap<>(); // by name, rules that no schema wrote

    private SchemaCompiler(SchemaDocument document) {
        this.document = document;
    }

    /**
     * The rules of a schema.
     *
     * @throws InvalidConstraintException naming what is wrong or not supported, and its JSON pointer
     */
    static Rules compile(String schema) {
        Json document = JsonReader.read(schema);
        var compiler = new SchemaCompiler(new SchemaDocument(document));
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
        var compiler = new SchemaCompiler(new SchemaDocument(new Json.Bool(true)));
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
        return keywords(document.keywords(schema, pointer));
    }

    /** Whether a reference has no company that says something. */
    private static boolean isAlone(Json.Members schema) {
        return !schema.map().containsKey("allOf")
                && Keywords.of(schema, "").names().isEmpty();
    }

    private Expr reference(String reference, String pointer) {
        Integer known = references.get(reference);
        if (known == null) {
            Json target = document.resolve(reference, pointer);
            known = reserve(reference);
            references.put(reference, known);
            waiting.add(new Waiting(known, target, reference));
        }
        return new Expr.Call(known);
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
                            : keywords(rest.and(document.keywords(parts.get(i), pointer))));
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

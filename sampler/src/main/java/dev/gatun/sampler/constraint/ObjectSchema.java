package dev.gatun.sampler.constraint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An object's members: first the named ones in the order of the schema, those that are not required perhaps left out, then
 * further ones.
 *
 * <p>Where named members are given and nothing is said of further ones, none come: what a schema leaves open it rarely
 * wants.
 */
final class ObjectSchema {
    private final SchemaCompiler compiler;
    private final Keywords keywords;
    private final Set<String> required;
    private final List<String> names = new ArrayList<>();
    private final List<Expr> members = new ArrayList<>();
    private final Optional<Expr> further;

    ObjectSchema(SchemaCompiler compiler, Keywords keywords) {
        this.compiler = compiler;
        this.keywords = keywords;
        this.required = keywords.required();
        Optional<Json> additional = keywords.find("additionalProperties");
        boolean isClosed =
                additional.map(value -> value.equals(new Json.Bool(false))).orElse(keywords.has("properties"));
        Map<String, Json> properties = new LinkedHashMap<>(keywords.members("properties"));
        Set<String> unnamed = new LinkedHashSet<>(required);
        unnamed.removeAll(properties.keySet());
        if (!unnamed.isEmpty() && additional.isPresent() && isClosed) {
            throw keywords.error(
                    "required",
                    "the member " + Json.quote(unnamed.iterator().next())
                            + " is required, but not in properties, and additionalProperties is false");
        }
        String pointer = keywords.place("properties");
        properties.forEach((name, schema) -> {
            // a member that may be left out and that nothing fits is left out
            if (required.contains(name) || !schema.equals(new Json.Bool(false))) {
                add(name, compiler.schema(schema, Keywords.child(pointer, name)));
            }
        });
        Json rest = additional.orElse(new Json.Bool(true));
        Expr other = isClosed && unnamed.isEmpty()
                ? Expr.NOTHING
                : compiler.schema(
                        rest.equals(new Json.Bool(false)) ? new Json.Bool(true) : rest,
                        keywords.place("additionalProperties"));
        unnamed.forEach(name -> add(name, other));
        Set<String> taken = new LinkedHashSet<>(properties.keySet());
        taken.addAll(names);
        further = isClosed
                ? Optional.empty()
                : Optional.of(compiler.rule(
                        keywords.pointer() + " further member",
                        JsonText.member(taken.isEmpty() ? compiler.anyString() : JsonText.otherKey(taken), other)));
    }

    private void add(String name, Expr value) {
        names.add(name);
        members.add(JsonText.member(Expr.text(Json.quote(name)), value));
    }

    Expr expr() {
        Expr behind = further.map(member -> Expr.many(Expr.sequence(JsonText.COMMA, member)))
                .orElse(Expr.EMPTY);
        List<Expr> first = new ArrayList<>(); // one option for each member that may come first
        boolean mayBeEmpty = true;
        Expr rest = behind;
        for (int i = members.size() - 1; i >= 0; i--) {
            boolean isRequired = required.contains(names.get(i));
            if (isRequired) {
                first.clear();
                mayBeEmpty = false;
            }
            first.addFirst(Expr.sequence(members.get(i), rest));
            Expr later = Expr.sequence(JsonText.COMMA, members.get(i));
            Expr next = Expr.sequence(isRequired ? later : Expr.optional(later), rest);
            rest = i > 0 ? compiler.rule(keywords.pointer() + " behind " + names.get(i), next) : next;
        }
        if (mayBeEmpty) {
            further.ifPresent(member -> first.add(Expr.sequence(member, behind)));
            first.add(Expr.EMPTY);
        }
        return compiler.rule(
                keywords.pointer() + " object", Expr.sequence(Expr.text("{"), Expr.choice(first), Expr.text("}")));
    }
}

package dev.gatun.sampler.constraint;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A JSON schema and the references within it. */
final class SchemaDocument {
    private static final int MOST_SCHEMAS = 20_000;
    private static final int MOST_REFERENCES = 50; // each to the next, beside other keywords

    private final Json document;
    private int schemas;

    SchemaDocument(Json document) {
        this.document = document;
    }

    /** A schema's keywords together with those of the schemas that must hold as well, by {@code $ref} or {@code allOf}. */
    Keywords keywords(Json schema, String pointer) {
        return collect(schema, pointer, new LinkedHashSet<>());
    }

    /**
     * The schema that a reference names.
     *
     * @param pointer where the reference stands
     */
    Json resolve(String reference, String pointer) {
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

    /** @param path the references that led here */
    private Keywords collect(Json schema, String pointer, Set<String> path) {
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
            keywords = keywords.and(collect(resolve(reference.value(), pointer), reference.value(), path));
            path.remove(reference.value());
        }
        Json all = members.map().get("allOf");
        if (all != null) {
            if (!(all instanceof Json.Elements parts)) {
                throw new InvalidConstraintException(
                        "The JSON schema is wrong at " + pointer + "/allOf: an array is expected.");
            }
            for (int i = 0; i < parts.list().size(); i++) {
                keywords = keywords.and(collect(parts.list().get(i), pointer + "/allOf/" + i, path));
            }
        }
        return keywords;
    }
}

package dev.gatun.sampler.constraint;

import dev.gatun.sampler.Constraint;
import dev.gatun.sampler.TokenFilter;
import dev.gatun.sampler.TokenTrie;
import org.jspecify.annotations.Nullable;

/**
 * A constraint, compiled. What is learnt about a vocabulary is kept for all outputs under it; it is forgotten when another
 * vocabulary comes.
 */
public final class Grammar implements Constraint {
    private final Network network;
    private @Nullable TokenAutomaton automaton; // guarded by this

    private Grammar(Rules rules) {
        this.network = NetworkCompiler.compile(rules);
    }

    /**
     * Texts that a regular expression matches as a whole.
     *
     * @param pattern as ECMAScript writes them, without back references and look-around
     * @throws InvalidConstraintException naming the mistake and its position
     */
    public static Grammar regex(String pattern) {
        return new Grammar(Rules.of("regular expression", RegexParser.whole(pattern)));
    }

    /**
     * Texts of a grammar.
     *
     * @param grammar rules in the notation of llama.cpp (GBNF); the rule {@code root} is the whole text
     * @throws InvalidConstraintException naming the mistake and its place; also if a rule is left-recursive
     */
    public static Grammar gbnf(String grammar) {
        return new Grammar(GbnfParser.parse(grammar));
    }

    /**
     * JSON values that a JSON schema says are valid; of several ways to write one, those without white space but for one
     * space behind a colon or comma.
     *
     * <p>Supported are {@code type}, {@code properties}, {@code required}, {@code additionalProperties}, {@code items},
     * {@code prefixItems}, {@code minItems}, {@code maxItems}, {@code enum}, {@code const}, {@code anyOf}, {@code oneOf} (taken
     * as {@code anyOf}), {@code allOf} where its parts can be put together, {@code $ref} into the same schema, {@code
     * minLength}, {@code maxLength}, {@code pattern}, {@code format} (date, time, date-time, uuid, email, ipv4), and the bounds
     * of numbers. Members come in the order of the schema. Where {@code properties} are given and {@code
     * additionalProperties} is not, no others come.
     *
     * @throws InvalidConstraintException naming what is wrong or not supported, and its JSON pointer
     */
    public static Grammar jsonSchema(String schema) {
        return new Grammar(SchemaCompiler.compile(schema));
    }

    /** Any JSON object, with white space as {@link #jsonSchema} has it. */
    public static Grammar jsonObject() {
        return new Grammar(SchemaCompiler.anyObject());
    }

    @Override
    public TokenFilter begin(TokenTrie vocabulary) {
        TokenAutomaton over = over(vocabulary);
        return new Cursor(over, over.start());
    }

    private synchronized TokenAutomaton over(TokenTrie vocabulary) {
        TokenAutomaton known = automaton;
        if (known == null || known.trie() != vocabulary) {
            known = new TokenAutomaton(network, vocabulary, Vocabularies.plain(vocabulary));
            automaton = known;
        }
        return known;
    }
}

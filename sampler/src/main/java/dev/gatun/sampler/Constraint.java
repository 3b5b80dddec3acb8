package dev.gatun.sampler;

/**
 * What an output must look like, compiled once. Immutable to its users and safe for use by several threads and sequences.
 *
 * <p>{@code dev.gatun.sampler.constraint} makes them of regular expressions, grammars and JSON schemas.
 */
public interface Constraint {
    /**
     * Begins an output.
     *
     * @param vocabulary the tokens it is made of
     */
    TokenFilter begin(TokenTrie vocabulary);
}

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

    @Override
    public TokenFilter begin(TokenTrie vocabulary) {
        TokenAutomaton over = over(vocabulary);
        return new Cursor(over, over.start());
    }

    private synchronized TokenAutomaton over(TokenTrie vocabulary) {
        TokenAutomaton known = automaton;
        if (known == null || known.trie() != vocabulary) {
            known = new TokenAutomaton(network, vocabulary);
            automaton = known;
        }
        return known;
    }
}

package dev.gatun.runtime.engine;

import dev.gatun.runtime.InvalidInputException;
import dev.gatun.runtime.token.Tokenizer;
import java.util.Arrays;

/** What a draft model must have in common with the model it guesses for: each token stands for the same. */
final class SameTokens {

    private SameTokens() {}

    /**
     * Checks it.
     *
     * @throws InvalidInputException with both names and where they differ
     */
    static void require(String name, Tokenizer tokens, String draftName, Tokenizer draftTokens) {
        String beginning = "The draft model '" + draftName + "' can not guess for '" + name + "': ";
        String remedy = "; take a smaller model of the same family.";
        if (tokens.vocabularySize() != draftTokens.vocabularySize()) {
            throw new InvalidInputException(beginning + "it has " + draftTokens.vocabularySize()
                    + " tokens and the other " + tokens.vocabularySize() + remedy);
        }
        for (int token = 0; token < tokens.vocabularySize(); token++) {
            if (tokens.isControl(token) != draftTokens.isControl(token)
                    || !Arrays.equals(tokens.bytes(token), draftTokens.bytes(token))) {
                throw new InvalidInputException(beginning + "token " + token + " is '" + draftTokens.piece(token)
                        + "' in it and '" + tokens.piece(token) + "' in the other" + remedy);
            }
        }
        if (!tokens.bos().equals(draftTokens.bos()) || !tokens.eos().equals(draftTokens.eos())) {
            throw new InvalidInputException(beginning + "its text begins and ends with the tokens " + draftTokens.bos()
                    + " and " + draftTokens.eos() + ", the other's with " + tokens.bos() + " and " + tokens.eos()
                    + remedy);
        }
    }
}

package dev.gatun.cli.explain;

import dev.gatun.runtime.engine.Choice;
import java.util.ArrayList;
import java.util.List;

/**
 * One pass of the model as guessing sees it: what had been guessed, and the tokens that were chosen, which are the right
 * guesses and one more.
 *
 * @param first index of the first choice
 * @param guesses the tokens that the pass tried
 * @param choices what was chosen from its rows
 */
record Pass(int first, List<Integer> guesses, List<Choice> choices) {

    /** The passes that the choices came from; a pass ends with a choice that was not guessed. */
    static List<Pass> of(List<Choice> choices) {
        List<Pass> passes = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < choices.size(); i++) {
            if (!choices.get(i).wasGuessed() || i == choices.size() - 1) {
                passes.add(new Pass(from, choices.get(from).guesses(), choices.subList(from, i + 1)));
                from = i + 1;
            }
        }
        return passes;
    }

    /** How many of the guesses were right, from the first on. */
    int right() {
        return (int) choices.stream().filter(Choice::wasGuessed).count();
    }
}
